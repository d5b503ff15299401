"""What single columns tell of the label, as one measurement: those that train finds suspicious are claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlgate import Estimate, Finding, Json, JudgedBy, Measurement, SliceMeasurement
from mlgate_data.leakage.coding import Coded
from mlgate_data.leakage.joining import joined
from mlgate_data.leakage.labels import Lesson
from mlgate_data.leakage.telling import Labels, tell

_SUSPECT = 0.8
"""Columns that go so far on the rows they learned from are claims; the others are none."""
_SHOWN = 20


def measured(
    columns: Iterable[tuple[str, Coded]], lesson: Lesson, *, findings: Sequence[Finding] = (), notes: Sequence[str] = ()
) -> Measurement:
    """The most telling column's number; the suspicious ones are claims that share one error budget."""
    told = {name: _told(lesson.labels, column) for name, column in columns}
    ranked = sorted(told.items(), key=lambda each: -each[1][0].value)
    claims = [(name, claim) for name, (_, claim) in ranked if claim is not None]
    first = max((claim for _, claim in claims), key=lambda claim: claim.value, default=None)
    none = ranked[0][1][0] if ranked else Measurement.exact(0.0, n=lesson.test.frame.height).estimate
    reached: dict[str, Json] = {name: round(test.value, 6) for name, (test, _) in ranked[:_SHOWN]}
    farthest = (f"{ranked[0][0]!r} goes farthest, {ranked[0][1][0].value:.2f} of the way.",) if ranked else ()
    return Measurement(
        first or none,
        slices=tuple(SliceMeasurement({"column": name}, claim) for name, claim in claims),
        judged_by=JudgedBy.SLICES if claims else JudgedBy.VALUE,
        findings=tuple(findings),
        notes=(*farthest, *notes, *lesson.notes),
        data={"told": reached},
    )


def _told(labels: Labels, column: Coded) -> tuple[Estimate, Estimate | None]:
    """How far the column goes on the test rows, and the claim that it makes where train finds it suspicious."""
    told = tell(labels, column)
    return told.test, joined(labels, column) if told.train > _SUSPECT else None
