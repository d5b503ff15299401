"""Shares of two tables compared, and many columns as one measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate import Estimate, Json, JudgedBy, Measurement, SliceMeasurement
from mlgate.stats import difference_of_shares


def rise(count: int, n: int, before: int, n_before: int) -> Estimate:
    """How much larger the share `count / n` is than `before / n_before`, of independent rows.

    Nothing counted now is a fact: a share can't have risen to zero.
    """
    difference = difference_of_shares((count, n), (before, n_before), rows=n)
    return difference if count else Estimate(min(difference.value, 0.0), n)


def by_column(
    measured: Mapping[str, Estimate], rows: int, *, notes: Sequence[str] = (), data: Mapping[str, Json] | None = None
) -> Measurement:
    """Every column as a claim of its own (Holm), told by the worst; none at all is an exact zero."""
    if not measured:
        return Measurement(Measurement.exact(0.0, n=rows).estimate, notes=tuple(notes), data=data or {})
    ranked = sorted(measured.items(), key=lambda each: -each[1].value)
    return Measurement(
        ranked[0][1],
        slices=tuple(SliceMeasurement({"column": name}, estimate) for name, estimate in ranked),
        judged_by=JudgedBy.SLICES,
        notes=tuple(notes),
        data=data or {},
    )


def percent(share: float) -> str:
    """`12.5%`."""
    return f"{100 * share:.3g}%"
