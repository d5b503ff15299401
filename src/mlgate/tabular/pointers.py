"""Files that stand for others: what Git leaves where large files were not fetched."""

from __future__ import annotations

from pathlib import Path

_BEGINS = b"version https://git-lfs.github.com/spec/"  # the first line of a pointer: git-lfs, docs/spec.md
FETCH = "`git lfs pull` fetches the file itself; in CI, check out with LFS."


def is_lfs_pointer(path: Path) -> bool:
    """Whether the file is a pointer of Git LFS; what can't be read is told by who reads it."""
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGINS)) == _BEGINS
    except OSError:
        return False
