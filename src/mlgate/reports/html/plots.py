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
_RIVAL = "_of_champion"
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Axes:
    """The keys of a curve's numbers, and what the axes are called."""

    keys: tuple[str, str]
    title: str
    x: str
    y: str
    diagonal: bool = False


_AXES = (
    _Axes(("predicted", "observed"), "calibration", "predicted probability", "observed share", diagonal=True),
    _Axes(
        ("false_positive_rate", "true_positive_rate"), "ROC", "false positive rate", "true positive rate", diagonal=True
    ),
    _Axes(("recall", "precision"), "precision and recall", "recall", "precision"),
    _Axes(("severity", "value"), "by severity", "severity", "value"),
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
    rival: tuple[tuple[float, float], ...] = ()

    @property
    def path(self) -> str:
        """SVG's own notation."""
        return _path(self.points)

    @property
    def rival_path(self) -> str:
        """The champion's curve, where there is one."""
        return _path(self.rival)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin: its share before and now, in per cent of the width that the largest takes."""

    name: str
    before: float
    now: float
    said: str


@dataclass(frozen=True, slots=True)
class Bins:
    """How a column's values were spread, and are; `compared` is False where there is one side only: a histogram."""

    column: str
    bars: tuple[Bar, ...]
    compared: bool = True


def curves(data: Mapping[str, Json]) -> Iterator[Curve]:
    """Every curve in `data`, under the name that the check gave it; `NAME_of_champion` is drawn with `NAME`."""
    for title, held in data.items():
        if not title.endswith(_RIVAL) or title.removesuffix(_RIVAL) not in data:
            yield from _drawn(title, held, data.get(f"{title}{_RIVAL}"))


def _drawn(title: str, held: Json, rival: Json) -> Iterator[Curve]:
    for name, told in _told(title, held):
        for axes in _AXES:
            x, y = axes.keys
            if x in told and y in told:
                points, others = _points(told[x], told[y]), []
                if isinstance(rival, dict):
                    others = _points(rival.get(x), rival.get(y))
                if points:
                    yield _square(_caption(name, axes), axes, points, others)


def _caption(name: str, axes: _Axes) -> str:
    """What the curve is, and the check's own name for it where that says more."""
    plain = name in ("curve", "roc", "precision_recall")
    return axes.title if plain else f"{name.replace('_', ' ')}: {axes.title}"


def _told(title: str, held: Json) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """One curve as two lists, or one per name as a list of points."""
    if not isinstance(held, dict):
        return
    yield title, held
    for name, points in list(held.items())[:_MOST_COLUMNS]:
        rows = [each for each in points if isinstance(each, dict)] if isinstance(points, list) else []
        if rows:
            yield name, {key: [row.get(key) for row in rows] for key in rows[0]}


def bins(data: Mapping[str, Json]) -> Iterator[Bins]:
    """The columns' shares by bin, as drift records them, and histograms."""
    held = data.get("bins")
    columns = held if isinstance(held, dict) else {}
    for column, told in list(columns.items())[:_MOST_COLUMNS]:
        if isinstance(told, dict):
            bars = tuple(_bars(told))
            if bars:
                yield Bins(column, bars)
    histogram = data.get("histogram")
    if isinstance(histogram, dict):
        counted = tuple(_counted(histogram))
        if counted:
            yield Bins(f"distribution, in {histogram.get('unit') or 'its unit'}", counted, compared=False)


def _counted(told: Mapping[str, Json]) -> Iterator[Bar]:
    """One bar per pair of neighbouring edges."""
    edges, counts = told.get("edges"), told.get("counts")
    if not isinstance(edges, list) or not isinstance(counts, list) or len(edges) != len(counts) + 1:
        return
    if not all(_is_number(each) for each in (*edges, *counts)):
        return
    numbers = [float(each) for each in counts if isinstance(each, int | float)][: 2 * _MOST_BINS]
    largest = max(numbers, default=0.0) or 1.0
    for number, low, high in zip(numbers, edges, edges[1:], strict=False):
        yield Bar(f"{low:.3g} to {high:.3g}", 0.0, round(100 * number / largest, 1), f"{number:,.0f}")


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


def _square(title: str, axes: _Axes, points: Points, rival: Points) -> Curve:
    """Both curves in one frame, which shows 0 to 1 at least."""
    lows = [min(0.0, *(point[axis] for point in (*points, *rival))) for axis in (0, 1)]
    highs = [max(1.0, *(point[axis] for point in (*points, *rival))) for axis in (0, 1)]
    ends = tuple(f"{number:.3g}" for number in (lows[0], highs[0], lows[1], highs[1]))
    placed, beside = (_placed(each, lows, highs) for each in (points, rival))
    return Curve(title, axes.x, axes.y, placed, (ends[0], ends[1], ends[2], ends[3]), axes.diagonal, beside)


def _placed(points: Points, lows: Sequence[float], highs: Sequence[float]) -> tuple[tuple[float, float], ...]:
    return tuple(
        (
            round(SIDE * (point[0] - lows[0]) / (highs[0] - lows[0]), 1),
            round(SIDE - SIDE * (point[1] - lows[1]) / (highs[1] - lows[1]), 1),
        )
        for point in points
    )


def _path(points: Points) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


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
