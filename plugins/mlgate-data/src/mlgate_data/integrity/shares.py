"""Shares of two tables compared, and many columns as one measurement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from mlgate import Estimate, Json, JudgedBy, Measurement, SliceMeasurement, Spread


def rise(count: int, n: int, before: int, n_before: int) -> Estimate:
    """How much larger the share `count / n` is than `before / n_before`, of independent rows.

    Agresti & Caffo 2000, The American Statistician 54, 280-288: one success and one failure are added to each side.
    Nothing counted now is a fact: a share can't have risen to zero.
    """
    value = count / n - before / n_before if n and n_before else 0.0
    if not count:
        return Estimate(min(value, 0.0), n)
    here, there = (count + 1) / (n + 2), (before + 1) / (n_before + 2)
    se = math.sqrt(here * (1 - here) / (n + 2) + there * (1 - there) / (n_before + 2))
    return Estimate(value, n, Spread("agresti-caffo", se, centre=here - there))


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
