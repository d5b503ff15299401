"""Standard output and error that break without breaking the command: what it does must not hang on who listens."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Patient(io.RawIOBase):
    """Writes to a descriptor until that fails; from then on to nowhere. `problem` is the first failure."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.problem: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, content: object) -> int:
        """All of it, or nothing for good."""
        view = memoryview(content)  # type: ignore[arg-type]
        while self.problem is None:
            try:
                return os.write(self._descriptor, view)
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError as problem:
                self.problem = problem
        return len(view)


@contextmanager
def patient_streams() -> Iterator[Patient]:
    """Standard output and error as patient ones, and the first of them. Those that were closed lead nowhere.

    A file that was opened under the number of a closed one would get what is printed.
    """
    output, error = Patient(1), Patient(2)
    if os.name != "posix":  # a console of Windows is no file that takes bytes
        yield output
        return
    _fill_the_first_three()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _text(output, sys.stdout), _text(error, sys.stderr)
    try:
        yield output
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


def unsaid(output: Patient) -> str | None:
    """Why not all was written, unless whoever read it had enough."""
    if output.problem is None or output.problem.errno == errno.EPIPE:
        return None
    return output.problem.strerror


def _fill_the_first_three() -> None:
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def _text(raw: Patient, like: TextIO | None) -> TextIO:
    encoding, errors = ("utf-8", "replace") if like is None else (like.encoding, like.errors)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding=encoding, errors=errors, line_buffering=True)
