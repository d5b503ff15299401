"""A private copy of a model's files: what is digested is what is opened."""

from __future__ import annotations

import os
import shutil
import stat
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from mlgate.errors import ModelError
from mlgate.opening.files import regular_files
from mlgate.opening.holes import bytes_in_holes
from mlgate.opening.terms import Limits

PREFIX = "mlgate-model-"
LARGEST_HOLE = 1 << 30
"""Bytes of a file that nobody ever wrote. Copied, they would fill the disk with zeros."""
_CHUNK = 1 << 20


class PrivateCopy:
    """A copy that only this user can read, removed with this object or at the end of the process.

    Raises `ModelError` where there is nothing to copy, where it is more than the limits allow, and where it changes
    while it is copied.
    """

    def __init__(self, original: Path, limits: Limits | None = None) -> None:
        root = _resolved(original)
        folder = Path(mkdtemp(prefix=PREFIX))
        remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.path = folder / root.name
        try:
            _copy(root, self.path, limits or Limits())
        except BaseException:
            remove()
            raise


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was when it was listed: another size, time or inode later means that it changed."""

    size: int
    time: int
    inode: int

    @classmethod
    def of(cls, about: os.stat_result) -> _Seen:
        return cls(about.st_size, about.st_mtime_ns, about.st_ino)


def _resolved(original: Path) -> Path:
    """Where the model really is: a link that names it is followed."""
    try:
        root = original.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # a loop of links raises either, by the version of Python
        raise ModelError(f"There is no file or folder {original}.") from error
    if not (root.is_file() or root.is_dir()):
        raise ModelError(f"The model {original} is neither a file nor a folder.", hint="Name the model's own files.")
    return root


def _copy(root: Path, to: Path, limits: Limits) -> None:
    files = dict(regular_files(root, limits.files))
    before = dict(_looked_at(files))
    _refuse_too_large(root, sum(seen.size for seen in before.values()), limits)
    single = root.is_file()
    if not single:
        to.mkdir()
    for name, file in files.items():
        target = to if single else to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy_file(file, target, before[name])
    if dict(_looked_at(dict(regular_files(root, limits.files)))) != before:
        raise _changed(root)


def _looked_at(files: dict[str, Path]) -> Iterator[tuple[str, _Seen]]:
    for name, file in files.items():
        try:
            yield name, _Seen.of(file.lstat())
        except OSError as error:
            raise _unreadable(file, error) from error


def _refuse_too_large(root: Path, size: int, limits: Limits) -> None:
    if size > limits.size:
        raise ModelError(
            f"The model {root} holds {size:,} bytes, and may hold {limits.size:,}.",
            hint="Is it the folder of one model? If it is, raise `max_size` beside `model` in the gate file.",
        )


def _copy_file(file: Path, to: Path, seen: _Seen) -> None:
    """Copies exactly the bytes that were listed. What was put in the file's place since is not opened by accident."""
    try:
        with os.fdopen(_opened(file), "rb") as source, to.open("xb") as target:
            about = os.fstat(source.fileno())
            if not stat.S_ISREG(about.st_mode) or _Seen.of(about) != seen:
                raise _changed(file)
            if bytes_in_holes(source.fileno(), about) > LARGEST_HOLE:
                raise ModelError(
                    f"The model's file {file} says to hold {seen.size:,} bytes, most of which nobody ever wrote.",
                    hint="A sparse file is no model: save it again.",
                )
            left = seen.size
            while left and (piece := source.read(min(_CHUNK, left))):
                target.write(piece)
                left -= len(piece)
            if left or source.read(1):
                raise _changed(file)
    except OSError as error:
        raise _unreadable(file, error) from error


def _opened(file: Path) -> int:
    """Neither follows a link nor waits for the other end of a pipe, where the platform can be told so."""
    flags = ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK")
    return os.open(file, sum((getattr(os, flag, 0) for flag in flags), os.O_RDONLY))


def _changed(path: Path) -> ModelError:
    return ModelError(
        f"The model's files changed while they were copied, at {path}.", hint="Run again when nothing writes to them."
    )


def _unreadable(file: Path, error: OSError) -> ModelError:
    return ModelError(f"The model's file {file} can't be copied ({error.strerror}).")
