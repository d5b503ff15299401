"""The candidate beside the champion: one line for every number that was measured of both on the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlgate.reports.html.demands import demands
from mlgate.reports.html.tracks import Track, difference
from mlgate.reports.phrases import estimated
from mlgate.reports.standing import standing
from mlgate.results import Result

MOST = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """Both numbers and their paired difference, drawn against the margin where a rule states one."""

    check: str
    standing: str
    candidate: str
    champion: str
    difference: str
    better: str
    track: Track | None


def pairs(results: Sequence[Result], confidence: float) -> Iterator[Pair]:
    """Those that a rule compares with the champion first, then in the order of the results."""
    both = [result for result in results if result.run.measurement and result.run.measurement.comparison]
    asked = {result.check: demands(result).difference for result in both}
    for result in sorted(both, key=lambda result: asked[result.check] is None):
        measurement = result.run.measurement
        if measurement is None or measurement.comparison is None or measurement.estimate is None:
            continue
        rival, apart, unit = measurement.comparison.champion, measurement.comparison.difference, measurement.unit
        interval = apart.interval(confidence)
        yield Pair(
            check=result.check,
            standing=str(standing(result)),
            candidate=estimated(measurement.estimate, confidence, unit),
            champion=estimated(rival, confidence, unit),
            difference=estimated(apart, confidence, unit),
            better=_better(interval.low, interval.high, measurement.comparison.higher_is_better),
            track=difference(apart, confidence, asked[result.check]),
        )


def _better(low: float, high: float, higher_is_better: bool | None) -> str:
    """Which of the two the interval shows to be the better one."""
    if higher_is_better is None:
        return ""
    if low <= 0 <= high:
        return "neither"
    return "better" if (low > 0) == higher_is_better else "worse"
