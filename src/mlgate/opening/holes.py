"""How much of a file nobody ever wrote: a sparse file of terabytes takes no disk, and its copy would."""

from __future__ import annotations

import errno
import os

_MOST_PIECES = 100_000


def bytes_in_holes(descriptor: int, about: os.stat_result) -> int:
    """The bytes of an open file that lie in holes, by the file system's word; 0 where it can't say.

    The blocks that a file takes are asked first, since most files have no holes. They alone don't tell: a file system
    that compresses gives fewer blocks to a file that was written from end to end.
    """
    blocks = getattr(about, "st_blocks", None)
    if blocks is None or blocks * 512 >= about.st_size or not hasattr(os, "SEEK_HOLE"):
        return 0
    try:
        return about.st_size - _written(descriptor, about.st_size)
    except OSError:
        return 0
    finally:
        os.lseek(descriptor, 0, os.SEEK_SET)


def _written(descriptor: int, size: int) -> int:
    """The bytes between holes. A file in more pieces than anybody writes counts as written up to there."""
    total = at = 0
    for _ in range(_MOST_PIECES):
        try:
            start = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole is left
                return total
            raise
        at = os.lseek(descriptor, start, os.SEEK_HOLE)
        total += at - start
        if at >= size:
            break
    return total
