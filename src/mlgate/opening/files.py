"""The files of a model: regular ones with plain names, or a refusal."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from mlgate.errors import ModelError

# MLflow writes this file into a model's folder when it loads it, so it says nothing about the model.
LEFT_OUT = "registered_model_meta"


def regular_files(root: Path, most: int | None = None) -> Iterator[tuple[str, Path]]:
    """Every file below `root` with its path relative to it (`/` between the parts), in no particular order.

    A single file is a folder of one. Raises `ModelError` for a symlink, a special file, a name with a newline or one
    that is not UTF-8: none of them can be bound by a digest. And where there are more than `most` files and folders,
    as soon as that many were seen.
    """
    if root.is_file():
        yield _plain_name(root.name, root), root
        return
    for entry in _entries(root, most):
        path = Path(entry.path)
        relative = _plain_name(path.relative_to(root).as_posix(), path)
        if relative != LEFT_OUT:
            yield relative, path


def _entries(root: Path, most: int | None) -> Iterator[os.DirEntry[str]]:
    """Everything below `root` but its folders. No link is followed, so that a loop of them ends."""
    waiting, seen = [root], 0
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    seen += 1
                    if most is not None and seen > most:
                        raise _too_many(root, most)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        _refuse_special(entry)
                        yield entry
        except OSError as error:
            raise ModelError(f"The model's folder {folder} can't be read ({error.strerror}).") from error


def _too_many(root: Path, most: int) -> ModelError:
    return ModelError(
        f"The model holds more than {most:,} files and folders, below {root}.",
        hint="Is it the folder of one model? If it is, raise `max_files` beside `model` in the gate file.",
    )


def _refuse_special(entry: os.DirEntry[str]) -> None:
    mode = entry.stat(follow_symlinks=False).st_mode
    if stat.S_ISREG(mode):
        return
    kind = "symbolic link" if stat.S_ISLNK(mode) else "special file"
    raise ModelError(
        f"The model holds a {kind}, {entry.path}, which no digest can bind.",
        hint="Replace it by the file itself.",
    )


def _plain_name(name: str, path: Path) -> str:
    if "\n" in name:
        raise ModelError(f"The model holds a file with a newline in its name, {str(path)!r}.", hint="Rename it.")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise ModelError(
            f"The model holds a file whose name is not UTF-8, {os.fsencode(path)!r}.", hint="Rename it."
        ) from None
    return name
