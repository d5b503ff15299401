"""Bytecode of installed packages that a confined process has to do without: it may not write any.

uv installs packages without it, and Python writes it at the first import; a confined process would compile all that a
model imports each time it is started, seconds of it. So it names the files, and the gate compiles them beside its work.
Nothing is run for that: these are the sources that every later process imports.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path


def uncompiled() -> list[str]:
    """In the confined process: the files of what it imported that have no bytecode."""
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    files = [(str(getattr(spec, "origin", "")), getattr(spec, "cached", None)) for spec in specs]
    return sorted(
        {source for source, cached in files if source.endswith(".py") and cached and not Path(cached).is_file()}
    )


class Compiler:
    """In the gate: a process beside it that writes bytecode, ended with `close` or when nobody holds this object."""

    def __init__(self) -> None:
        self._end: Callable[[], object] = _nothing

    def compile(self, named: object) -> None:
        """Compile those of the files `named`, by a process that is not trusted, that are an installed package's."""
        if os.environ.get("PYTHONDONTWRITEBYTECODE") or not isinstance(named, list):
            return
        files = list(_lacking(each for each in named if isinstance(each, str)))
        if not files:
            return
        with suppress(OSError):  # what fails here costs time later, and no verdict
            self._start("".join(f"{file}\n" for file in files).encode())

    def _start(self, files: bytes) -> None:
        process = subprocess.Popen(  # nosec B603  (our own words, no shell)
            [sys.executable, "-I", "-m", "compileall", "-qq", "-i", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._end = weakref.finalize(self, _ended, process)
        assert process.stdin is not None
        with process.stdin as names:
            names.write(files)

    def close(self) -> None:
        """End it: every file is written at once or not at all, and the next run goes on where this one stopped."""
        self._end()


def _lacking(named: Iterable[str]) -> Iterator[str]:
    """Files of installed packages, in folders that may be written to, without bytecode; paths as they are spelled."""
    roots = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")]
    for each in named:
        path = Path(each)
        if path.suffix != ".py" or "\n" in each or path != Path(os.path.normpath(each)) or not path.is_file():
            continue
        installed = any(path.is_relative_to(root) for root in roots)
        if installed and os.access(path.parent, os.W_OK) and not Path(cache_from_source(each)).is_file():
            yield each


def _nothing() -> None:
    """There is no process to end."""


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
