"""Pictures of what a measurement carries beside its number: curves, and shares by bin.

They are drawn from `Measurement.data`, which anybody's check may fill: whatever does not fit is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlgate.results import Json

SIDE = 240
_MOST_POINTS = 200
_MOST_BINS = 24
_MOST_COLUMNS = 12
_AXES = (
    ("predicted", "observed", "predicted probability", "observed share", True),
    ("false_positive_rate", "true_positive_rate", "false positive rate", "true positive rate", True),
    ("recall", "precision", "recall", "precision", False),
    ("severity", "value", "severity", "value", False),
)


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in a square of `SIDE`, y down as SVG has it; `diagonal` draws where an ideal or idle model would be."""

    title: str
    x: str
    y: str
    points: tuple[tuple[float, float], ...]
    ends: tuple[str, str, str, str]
    diagonal: bool

    @property
    def path(self) -> str:
        """SVG's own notation."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin: its share before and now, in per cent of the width that the largest takes."""

    name: str
    before: float
    now: float
    said: str


@dataclass(frozen=True, slots=True)
class Bins:
    """How a column's values were spread, and are."""

    column: str
    bars: tuple[Bar, ...]


def curves(data: Mapping[str, Json]) -> Iterator[Curve]:
    """Every curve in `data`, under the name that the check gave it."""
    for title, held in data.items():
        for x, y, x_said, y_said, diagonal in _AXES:
            if isinstance(held, dict) and x in held and y in held:
                points = _points(held[x], held[y])
                if points:
                    yield _square(title.replace("_", " "), x_said, y_said, points, diagonal)


def bins(data: Mapping[str, Json]) -> Iterator[Bins]:
    """The columns' shares by bin, as drift records them."""
    held = data.get("bins")
    columns = held if isinstance(held, dict) else {}
    for column, told in list(columns.items())[:_MOST_COLUMNS]:
        if isinstance(told, dict):
            bars = tuple(_bars(told))
            if bars:
                yield Bins(column, bars)


def _points(xs: Json, ys: Json) -> list[tuple[float, float]]:
    if not isinstance(xs, list) or not isinstance(ys, list):
        return []
    return [
        (float(x), float(y))
        for x, y in zip(xs, ys, strict=False)
        if _is_number(x) and _is_number(y) and isinstance(x, int | float) and isinstance(y, int | float)
    ][:_MOST_POINTS]


def _is_number(each: Json) -> bool:
    return isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each)


def _square(title: str, x: str, y: str, points: Sequence[tuple[float, float]], diagonal: bool) -> Curve:
    lows = [min(0.0, *(point[axis] for point in points)) for axis in (0, 1)]
    highs = [max(1.0, *(point[axis] for point in points)) for axis in (0, 1)]
    placed = tuple(
        (
            round(SIDE * (point[0] - lows[0]) / (highs[0] - lows[0]), 1),
            round(SIDE - SIDE * (point[1] - lows[1]) / (highs[1] - lows[1]), 1),
        )
        for point in points
    )
    ends = tuple(f"{number:.3g}" for number in (lows[0], highs[0], lows[1], highs[1]))
    return Curve(title, x, y, placed, (ends[0], ends[1], ends[2], ends[3]), diagonal)


def _bars(told: Mapping[str, Json]) -> Iterator[Bar]:
    names, before, now = told.get("bins"), told.get("before"), told.get("now")
    if not (isinstance(names, list) and isinstance(before, list) and isinstance(now, list)):
        return
    shares = [
        (str(name), float(old), float(new))
        for name, old, new in zip(names, before, now, strict=False)
        if _is_number(old) and _is_number(new) and isinstance(old, int | float) and isinstance(new, int | float)
    ][:_MOST_BINS]
    largest = max((max(old, new) for _, old, new in shares), default=0.0) or 1.0
    for name, old, new in shares:
        yield Bar(
            name, round(100 * old / largest, 1), round(100 * new / largest, 1), f"{old:.1%} before, {new:.1%} now"
        )
