"""The files of a model: regular ones with plain names, or a refusal."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from mlgate.errors import ModelError

# MLflow writes this file into a model's folder when it loads it, so it says nothing about the model.
LEFT_OUT = "registered_model_meta"


def regular_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Every file below `root` with its path relative to it (`/` between the parts), in no particular order.

    A single file is a folder of one. Raises `ModelError` for a symlink, a special file or a name with a newline:
    none of them can be bound by a digest.
    """
    if root.is_file():
        yield _plain_name(root.name, root), root
        return
    for entry in _entries(root):
        path = Path(entry.path)
        relative = _plain_name(path.relative_to(root).as_posix(), path)
        if relative != LEFT_OUT:
            yield relative, path


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as scan:
            entries = list(scan)
    except OSError as error:
        raise ModelError(f"The model's folder {folder} can't be read ({error.strerror}).") from error
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(Path(entry.path))
        else:
            _refuse_special(entry)
            yield entry


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
    return name
