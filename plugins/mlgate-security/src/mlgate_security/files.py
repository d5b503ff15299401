"""The files that are looked into: the model's own, and those of the training repository that the gate file names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlgate import CheckError, Location, NotApplicable

MOST = 20_000
"""Files of one place; more is no model's code, and would keep a gate busy for ever."""
LARGEST = 5 << 20
_NOT_OURS = frozenset(
    {".git", ".hg", ".mlgate", ".tox", ".venv", "venv", "node_modules", "site-packages", "__pycache__"}
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to look into; `name` is its path for people, relative to the model's folder or to the gate file's."""

    path: Path
    name: str
    in_model: bool

    def at(self, line: int | None = None) -> Location:
        return Location(self.name, line)

    def text(self) -> str | None:
        """The text; None where it is none, or where it is larger than anything that people write."""
        if self.path.stat().st_size > LARGEST:
            return None
        content = self.path.read_bytes()
        if b"\0" in content:
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


def model_folder(candidate: object) -> Path:
    """The private copy of the model's folder. Raises `NotApplicable` where the model is one file, or has none."""
    path = getattr(candidate, "path", None)
    if isinstance(path, Path) and path.is_dir():
        return path
    raise NotApplicable(
        "the model is not a folder: it brings no code, environment or description of its own.",
        hint="Log it with MLflow to have them judged.",
    )


def sources(candidate: object, folder: Path, paths: Sequence[str]) -> list[SourceFile]:
    """Every file of the model's folder, then those below `paths`. Raises `NotApplicable` where there is neither."""
    found = [] if paths and not _is_folder(candidate) else list(_below(model_folder(candidate), in_model=True))
    for stated in paths:
        found += _stated(folder, stated)
    return sorted(found, key=lambda file: (not file.in_model, file.name))


def _is_folder(candidate: object) -> bool:
    path = getattr(candidate, "path", None)
    return isinstance(path, Path) and path.is_dir()


def _stated(folder: Path, stated: str) -> list[SourceFile]:
    path = folder / stated
    if path.is_file():
        return [SourceFile(path, stated, in_model=False)]
    if not path.is_dir():
        raise CheckError(
            f"there is no file or folder {stated}.", hint="`paths` are relative to the gate file's folder."
        )
    return list(_below(path, in_model=False, prefix="" if path == folder else f"{Path(stated).as_posix()}/"))


def _below(root: Path, *, in_model: bool, prefix: str = "") -> Iterator[SourceFile]:
    """Regular files; links are not followed, and of a repository what others wrote is left out."""
    seen = 0
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if in_model or name not in _NOT_OURS)
        for name in sorted(names):
            path = Path(place, name)
            if path.is_symlink() or not path.is_file():
                continue
            seen += 1
            if seen > MOST:
                raise CheckError(f"{root.name} holds more than {MOST:,} files.", hint="Name less in `paths`.")
            yield SourceFile(path, prefix + path.relative_to(root).as_posix(), in_model)
