"""The imports that a model file may ask for: exact names, never a package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def allowed() -> frozenset[tuple[str, str]]:
    """Every (module, name) of `allowed.txt`: a line per module, its names after the colon."""
    text = files(__package__).joinpath("allowed.txt").read_text(encoding="utf-8")
    lines = (line.partition(":") for line in text.splitlines() if line and not line.startswith("#"))
    return frozenset((module, name) for module, _, names in lines for name in names.split())
