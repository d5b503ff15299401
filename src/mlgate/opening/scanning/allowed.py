"""What a model file may ask for: exact names, never a package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

Names = frozenset[tuple[str, str]]


@cache
def allowed() -> Names:
    """Every (module, name) that a pickle or a skops schema may import."""
    return _read("allowed.txt")


@cache
def layers() -> Names:
    """Every (module, class) that a configuration of Keras may build; its functions under the module `function`."""
    return _read("keras.txt")


def _read(name: str) -> Names:
    """A line per module, its names after the colon."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    lines = (line.partition(":") for line in text.splitlines() if line and not line.startswith("#"))
    return frozenset((module, name) for module, _, names in lines for name in names.split())
