"""What the shift of each column does to the predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlgate_data.drift.bins import Cuts, Kept
from mlgate_data.drift.comparing import Shift
from mlgate_data.drift.held import Floats

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Impact:
    """`effect` is how far the mean score would move, in its own unit; `of_spread` the same over the scores' spread."""

    effect: float
    of_spread: float


def impacts(shifts: Mapping[str, Shift], frame: pl.DataFrame, scores: Floats) -> dict[str, Impact]:
    """By column: the sum over its bins of (share now - share before) x mean score in the bin.

    So much does the mean score move if this column's distribution moves as it did and all else about a row in a bin
    stays. `frame` holds sampled rows of the reference, `scores` the model's answers on them. A bin without a sampled
    row counts with the mean of all.
    """
    spread = float(scores.std()) or 1.0
    found = {}
    for name, shift in shifts.items():
        means = _means(_places(shift, frame.get_column(name)), scores, shift.counts.shape[1])
        before, now = shift.shares
        effect = float(((now - before) * means).sum())
        found[name] = Impact(effect, effect / spread)
    return found


def _means(places: Floats, scores: Floats, bins: int) -> Floats:
    rows = np.bincount(places, minlength=bins)
    sums = np.bincount(places, scores, minlength=bins)
    return np.where(rows > 0, sums / np.maximum(rows, 1), scores.mean())


def _places(shift: Shift, series: pl.Series) -> Floats:
    import polars as pl

    bins = shift.bins
    if isinstance(bins, Cuts):
        physical = series.to_physical() if series.dtype.is_temporal() else series
        return bins.place(physical.cast(pl.Float64).fill_null(float("nan")).to_numpy())
    assert isinstance(bins, Kept)
    places = {value: place for place, value in enumerate(bins.categories)}
    other = len(places)
    return np.array([other + 1 if value is None else places.get(str(value), other) for value in series.to_list()])
