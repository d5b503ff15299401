"""What the shift of one column of answers (a label, predictions) means in shares of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import NormalDist

import numpy as np

from mlgate import Estimate, Json, Measurement, Part
from mlgate.stats import difference_of_shares
from mlgate_data.drift.bins import bins_of
from mlgate_data.drift.comparing import Shift, compare
from mlgate_data.drift.held import Categories, Held, Numbers

_MOST_CLASSES = 20
_TAIL = 0.025


def as_classes(held: Held) -> Held:
    """Numbers of at most 20 values as classes: a label of 0 and 1."""
    if not isinstance(held, Numbers) or not 0 < len(held.values) <= _MOST_CLASSES:
        return held
    counts: dict[str, float] = {}
    for value, count in zip(held.values.tolist(), held.counts.tolist(), strict=True):
        name = f"{value:.3g}"
        counts[name] = counts.get(name, 0.0) + count
    return Categories(counts, held.missing)


def alike(reference: Held, current: Held) -> tuple[Held, Held]:
    """Both as classes where the reference is; else both as numbers."""
    if isinstance(reference, Numbers) and isinstance(current, Numbers):
        before = as_classes(reference)
        return before, (_classes_of(current) if isinstance(before, Categories) else current)
    return reference, current


def _classes_of(held: Numbers) -> Held:
    found = as_classes(held)
    return found if isinstance(found, Categories) else Categories({}, held.missing, held.present)


def moved(
    what: str, reference: Held, current: Held, rows: int, *, data: dict[str, Json], notes: tuple[str, ...]
) -> Measurement:
    """PSI of `what`, with the part `share`: how the share of one class moved, or of the rows above the reference's
    median. The record keeps the shares by bin.
    """
    shift = compare(reference, current, rows)
    name, share = largest_move(reference, current, rows)
    told = {**shift.told(), **data, "moved": name, "bins": {what: shift.told_bins()}}
    return Measurement(shift.psi, parts=(Part("share", share),), notes=(*notes, _said(name, share, shift)), data=told)


def _said(name: str, share: Estimate, shift: Shift) -> str:
    told = shift.said()
    return (
        f"The share of {name} moved by {100 * share.value:+.3g} points; {told}."
        if shift.means
        else f"Of the classes, {told}."
    )


def largest_move(reference: Held, current: Held, rows: int) -> tuple[str, Estimate]:
    """The class whose share moved most for its error, and by how much: current minus reference.

    The interval is Agresti and Caffo's (2000, The American Statistician 54, 280-288). Of more than two classes, the one
    that moved most is looked at: its standard error is widened as Bonferroni widens an interval of 95%.
    """
    found = [
        (name, difference_of_shares((now, current.rows), (before, reference.rows), rows=rows))
        for name, before, now in _pairs(reference, current)
    ]
    name, most = max(found, key=lambda each: _surprise(each[1]))
    claims = len(found) if len(found) > 2 else 1
    return name, _widened(most, claims)


def _pairs(reference: Held, current: Held) -> Iterator[tuple[str, float, float]]:
    """Name, and rows with it on both sides, of each class; of numbers, those above the reference's median."""
    if isinstance(reference, Numbers) and isinstance(current, Numbers):
        cut = _median(reference)
        yield "values above the reference's median", _above(reference, cut), _above(current, cut)
        return
    bins = bins_of(reference)
    for name, before, now in zip(bins.names, bins.count(reference), bins.count(current), strict=True):
        if before + now > 0:
            yield repr(name), float(before), float(now)


def _median(held: Numbers) -> float:
    cumulative = np.cumsum(held.counts)
    return float(held.values[int(np.searchsorted(cumulative, cumulative[-1] / 2))]) if len(held.values) else 0.0


def _above(held: Numbers, cut: float) -> float:
    return float(held.counts[held.values > cut].sum())


def _surprise(estimate: Estimate) -> float:
    return abs(estimate.value) / estimate.spread.se if estimate.spread else 0.0


def _widened(estimate: Estimate, claims: int) -> Estimate:
    spread = estimate.spread
    if spread is None or claims == 1:
        return estimate
    wider = NormalDist().inv_cdf(1 - _TAIL / claims) / NormalDist().inv_cdf(1 - _TAIL)
    method = f"{spread.method}, the largest of {claims}"
    return replace(estimate, spread=replace(spread, method=method, se=spread.se * wider))
