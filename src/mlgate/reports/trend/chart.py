"""A trend as one HTML page: per check a chart in SVG, and its numbers in a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlgate.reports.pages.drawing import draw
from mlgate.reports.phrases import number
from mlgate.reports.trend.series import Point, Series, Trend
from mlgate.reports.trend.sparkline import headline, notes, said
from mlgate.rules.numbers import in_unit

WIDTH, HEIGHT = 720, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 10, 12, 22
_MOST = 100
"""Charts on one page."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the chart, in its pixels: `x`, `y`, and the ends of its interval; `said` is for who points at it."""

    x: float
    y: float
    low: float
    high: float
    decision: str
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws: the marks, the line between those on the same rows, the labels of the scale."""

    check: str
    marks: tuple[Mark, ...]
    lines: tuple[str, ...]
    scale: tuple[tuple[float, str], ...]
    first: str
    last: str
    rows: tuple[tuple[str, ...], ...]


def html(trend: Trend) -> str:
    """The page."""
    shown = trend.series[:_MOST]
    left_out = len(trend.series) - len(shown)
    more = [f"{left_out:,} more checks were measured: --check names those to draw."] if left_out else []
    return draw(
        "trend.html.j2",
        headline=headline(trend),
        notes=[*notes(trend), *more],
        charts=[chart(series) for series in shown],
        moves=[(entry.time, entry.kind.value, entry.alias or "", entry.version or "nobody") for entry in trend.moves],
        size=(WIDTH, HEIGHT, _LEFT, WIDTH - _RIGHT),
    )


def chart(series: Series) -> Chart:
    """Where everything stands on the chart."""
    ends = [end for point in series.points for end in point.ends] + [each.estimate.value for each in series.points]
    y = _scaled(min(ends), max(ends))
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(series.points) - 1)
    marks = tuple(_mark(point, _LEFT + step * place, y, series.unit) for place, point in enumerate(series.points))
    return Chart(
        check=series.check,
        marks=marks,
        lines=tuple(_lines(series.points, marks)),
        scale=tuple((y(value), in_unit(number(value), series.unit)) for value in sorted({min(ends), max(ends)})),
        first=series.points[0].judged.entry.time[:10],
        last=series.points[-1].judged.entry.time[:10],
        rows=tuple(_row(point, series.unit) for point in series.points),
    )


def _scaled(least: float, most: float) -> Callable[[float], float]:
    """From a value to pixels, the largest at the top; one value alone stands in the middle."""
    height = HEIGHT - _TOP - _BOTTOM
    if least == most:
        return lambda _: _TOP + height / 2
    return lambda value: round(_TOP + height * (1 - (value - least) / (most - least)), 1)


def _mark(point: Point, x: float, y: Callable[[float], float], unit: str) -> Mark:
    low, high = point.ends
    entry, decision = point.judged.entry, point.judged.record.verdict.decision.value
    told = f"{entry.time}, version {entry.version}, {decision}: {said(point, unit)}"
    return Mark(round(x, 1), y(point.estimate.value), y(low), y(high), decision, told)


def _lines(points: Sequence[Point], marks: Sequence[Mark]) -> list[str]:
    """One polyline for each run of verdicts on the same rows: nothing is drawn between other rows."""
    runs: list[list[str]] = []
    for point, mark in zip(points, marks, strict=True):
        if point.other_rows or not runs:
            runs.append([])
        runs[-1].append(f"{mark.x},{mark.y}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _row(point: Point, unit: str) -> tuple[str, ...]:
    entry, decision = point.judged.entry, point.judged.record.verdict.decision.value
    rows = "other rows" if point.other_rows else ""
    return entry.time, entry.version or "", decision, said(point, unit), f"{point.estimate.n:,}", rows
