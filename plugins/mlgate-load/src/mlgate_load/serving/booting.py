"""How a process of a server is started: isolated, so that nothing a model may write to is imported by it."""

from __future__ import annotations

import sys
from pathlib import Path

import mlgate

_ROOTS = tuple(str(Path(file).parents[depth]) for file, depth in ((str(mlgate.__file__), 1), (__file__, 2)))
_BOOT = "import sys; from importlib import import_module; sys.path += sys.argv[2:]; import_module(sys.argv[1]).main()"


def command(module: str) -> list[str]:
    """A command that runs `main` of the module."""
    return [sys.executable, "-I", "-B", "-c", _BOOT, module, *_ROOTS]
