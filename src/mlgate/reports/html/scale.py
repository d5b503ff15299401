"""Where numbers stand on a drawing: from the unit of a measurement to units of the picture."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 240
_MARGIN = 0.08
_SIMPLE = re.compile(r"(at_least|at_most)\(([-+0-9.e]+)\)")
_BETWEEN = re.compile(r"between\(([-+0-9.e]+), ([-+0-9.e]+)\)")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a rule asks of the main number: `low` at least, `high` at most."""

    low: float | None = None
    high: float | None = None


def bounds_of(rule: str | None) -> Bounds | None:
    """The bounds that a rule states for the main number, read from its words; None where it states none."""
    if found := _BETWEEN.fullmatch(rule or ""):
        return Bounds(_number(found[1]), _number(found[2]))
    if found := _SIMPLE.fullmatch(rule or ""):
        number = _number(found[2])
        return Bounds(low=number) if found[1] == "at_least" else Bounds(high=number)
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high` on a line of `WIDTH`."""

    low: float
    high: float

    @classmethod
    def over(cls, numbers: Iterable[float | None]) -> Scale:
        """All of the numbers, and some room at both ends."""
        known = [number for number in numbers if number is not None]
        low, high = min(known), max(known)
        room = (high - low) * _MARGIN or abs(high) * _MARGIN or 1.0
        return cls(low - room, high + room)

    def at(self, number: float) -> float:
        """The place of `number`, to a tenth, within the picture."""
        share = (number - self.low) / (self.high - self.low)
        return round(WIDTH * min(max(share, 0.0), 1.0), 1)
