"""What single columns tell of the label, as one measurement: those that train finds suspicious are claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate import Finding, Json, JudgedBy, Measurement, SliceMeasurement
from mlgate_data.leakage.labels import Lesson
from mlgate_data.leakage.telling import Told

_SUSPECT = 0.8
"""Columns that go so far on the rows they learned from are claims on the test rows; the others are none."""
_SHOWN = 20


def measured(
    told: Mapping[str, Told], lesson: Lesson, *, findings: Sequence[Finding] = (), notes: Sequence[str] = ()
) -> Measurement:
    """The most telling column's number; the suspicious ones are claims that share one error budget."""
    ranked = sorted(told.items(), key=lambda each: -each[1].test.value)
    suspects = [(name, each) for name, each in ranked if each.train > _SUSPECT]
    most = next(iter(suspects or ranked), None)
    estimate = most[1].test if most else Measurement.exact(0.0, n=lesson.test.frame.height).estimate
    reached: dict[str, Json] = {name: round(each.test.value, 6) for name, each in ranked[:_SHOWN]}
    first = (f"{ranked[0][0]!r} goes farthest, {ranked[0][1].test.value:.2f} of the way.",) if ranked else ()
    return Measurement(
        estimate,
        slices=tuple(SliceMeasurement({"column": name}, each.test) for name, each in suspects),
        judged_by=JudgedBy.SLICES if suspects else JudgedBy.VALUE,
        findings=tuple(findings),
        notes=(*first, *notes, *lesson.notes),
        data={"told": reached},
    )
