"""Engines: programs with pins of their own, built once, asked over files, and kept apart from this environment.

A plugin declares an `Engine`; `ask` builds its environment where there is none yet, starts its worker in it and reads
what it answers. Nothing of the engine is ever imported here, and nothing of mlgate there. Names are looked up on first
use: a run that uses no engine pays for none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.engines.asking import ask, told_of
    from mlgate.engines.declaring import Engine, Pythons
    from mlgate.engines.protocol import Answer, Bounds

_HOME_OF = {
    "Answer": "mlgate.engines.protocol",
    "Bounds": "mlgate.engines.protocol",
    "Engine": "mlgate.engines.declaring",
    "Pythons": "mlgate.engines.declaring",
    "ask": "mlgate.engines.asking",
    "told_of": "mlgate.engines.asking",
}

__all__ = ["Answer", "Bounds", "Engine", "Pythons", "ask", "told_of"]


def __getattr__(name: str) -> object:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'mlgate.engines' has no attribute {name!r}")
