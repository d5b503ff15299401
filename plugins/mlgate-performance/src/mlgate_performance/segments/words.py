"""What is said of a segment, in a sentence and in data that reports draw."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate import Estimate, Finding, Json, Severity, SliceMeasurement
from mlgate_performance.segments.search import Segment


@dataclass(frozen=True, slots=True)
class Tested:
    """A segment on the rows held back: its number, by which it is judged, and what is told of it.

    `value` is the metric on its rows, `beside` on those it is compared with; `worse` is the difference that is told.
    `severity` is None where nothing is shown, so that nothing is told.
    """

    segment: Segment
    number: Estimate
    value: Estimate
    beside: Estimate
    worse: Estimate
    severity: Severity | None
    remark: str = ""

    def slice(self) -> SliceMeasurement:
        return SliceMeasurement(dict(self.segment.conditions), self.number, self.segment.condition)

    def finding(self, metric: str, rival: str, unit: str) -> Finding:
        """`age < 25: accuracy 0.651 on 251 rows (10% of all), against 0.852; worse by 0.201 [0.140, 0.262]`."""
        share = float(self.segment.inside.mean())
        interval = self.worse.interval(0.95)
        gap = f"{_told(self.worse.value)} [{_told(interval.low)}, {_told(interval.high)}]{unit}"
        said = (
            f"{self.segment.condition}: {metric} {_told(self.value.value)} on {self.number.n:,} rows held back "
            f"({share:.0%} of all), {rival} {_told(self.beside.value)}; worse by {gap}{self.remark}."
        )
        return Finding(said, self.severity or Severity.LOW, data=self.data())

    def data(self) -> dict[str, Json]:
        interval = self.worse.interval(0.95)
        return {
            "condition": self.segment.condition,
            "columns": [name for name, _ in self.segment.conditions],
            "rows": self.number.n,
            "share": float(self.segment.inside.mean()),
            "value": self.value.value,
            "beside": self.beside.value,
            "worse": self.worse.value,
            "low": interval.low,
            "high": interval.high,
            "shown": None if self.severity is None else str(self.severity),
        }


def _told(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"
