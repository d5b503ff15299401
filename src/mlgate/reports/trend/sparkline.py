"""A trend as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlgate.reports.phrases import estimated
from mlgate.reports.terminal import harmless
from mlgate.reports.trend.series import Point, Series, Trend
from mlgate.rules.numbers import count

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-~=+*#"
"""For a terminal that can't show blocks."""
_WIDEST = 60


def text(trend: Trend, *, blocks: bool = True) -> str:
    """One line per check; of a single check every verdict too."""
    lines = [headline(trend)]
    if trend.series:
        lines += ["", *_overview(trend.series, BLOCKS if blocks else PLAIN)]
    if len(trend.series) == 1:
        lines += ["", *_points(trend.series[0])]
    return "\n".join((*lines, *(("", *notes(trend)) if notes(trend) else ()))) + "\n"


def headline(trend: Trend) -> str:
    """`loan: 12 verdicts, 2026-11-01 to 2026-11-24`."""
    times = [point.judged.entry.time[:10] for series in trend.series for point in series.points]
    span = f", {min(times)} to {max(times)}" if times else ""
    return f"{harmless(trend.name)}: {count(trend.judged, 'verdict')}{span}"


def notes(trend: Trend) -> list[str]:
    """What the reader must know of the numbers."""
    told = []
    if trend.missing:
        told.append(f"{count(trend.missing, 'verdict')} left out: the record is kept neither by the registry nor here.")
    changed = max((sum(point.other_rows for point in series.points) for series in trend.series), default=0)
    if changed:
        told.append(f"The test table changed {count(changed, 'time')}: numbers on other rows differ by chance, too.")
    return told


def sparkline(values: Sequence[float], signs: str = BLOCKS) -> str:
    """One sign a value, from the least to the most; the newest, where there are more than fit."""
    shown = values[-_WIDEST:]
    least, most = min(shown), max(shown)
    if least == most:
        return signs[len(signs) // 2] * len(shown)
    step = (most - least) / (len(signs) - 1)
    return "".join(signs[round((value - least) / step)] for value in shown)


def _overview(series: Sequence[Series], signs: str) -> Iterator[str]:
    rows = [_row(each, signs) for each in series]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(series: Series, signs: str) -> tuple[str, str, str]:
    first, last = series.points[0], series.points[-1]
    values = [point.estimate.value for point in series.points]
    told = f"{said(first, series.unit)} -> {said(last, series.unit)}" if len(values) > 1 else said(last, series.unit)
    return harmless(series.check), sparkline(values, signs), harmless(told)


def said(point: Point, unit: str) -> str:
    """`0.741 [0.677, 0.797]`."""
    return estimated(point.estimate, point.judged.record.facts.gate.confidence, unit)


def _points(series: Series) -> Iterator[str]:
    rows = [_told(point, series.unit) for point in series.points]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _told(point: Point, unit: str) -> tuple[str, ...]:
    entry, decision = point.judged.entry, point.judged.record.verdict.decision
    rows = "other rows" if point.other_rows else ""
    return entry.time, harmless(f"version {entry.version}"), decision, harmless(said(point, unit)), rows
