"""Where numbers stand on a drawing: from the unit of a measurement to units of the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 240
_MARGIN = 0.08


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a rule asks of a number: `low` at least, `high` at most."""

    low: float | None = None
    high: float | None = None


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
