"""A column of both tables as small whole numbers: bins of numbers learned from train, categories, one for missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.kinds import is_text

if TYPE_CHECKING:
    import polars as pl

Codes = NDArray[np.intp]
Numbers = NDArray[np.float64]
_OWN_BIN = 32
"""Numbers of so many different values get a bin for each."""
_ROWS_PER_BIN = 20
_MOST_BINS = 256
_MOST_CATEGORIES = 1_000


@dataclass(frozen=True, slots=True)
class Coded:
    """The codes of the training rows and of the test rows, below `levels`; 0 is missing or never seen in train.

    `numbers` are the values themselves where the column has an order; missing is NaN.
    """

    train: Codes
    test: Codes
    levels: int
    numbers: tuple[Numbers, Numbers] | None = None

    def part(self, learned: Codes, held: Codes) -> Coded:
        """Some training rows to learn from, others of them to answer."""
        numbers = None if self.numbers is None else (self.numbers[0][learned], self.numbers[0][held])
        return Coded(self.train[learned], self.train[held], self.levels, numbers)


def coded(train: pl.Series, test: pl.Series) -> Coded:
    """The column in both tables, coded by what train holds."""
    return _categories(train, test) if is_text(train.dtype) else binned(_numbers(train), _numbers(test))


def binned(train: Numbers, test: Numbers) -> Coded:
    """Numbers in bins of about the same number of training rows."""
    edges = _edges(train[~np.isnan(train)])
    here, there = (
        np.where(np.isnan(each), 0, np.searchsorted(edges, each, side="right") + 1) for each in (train, test)
    )
    return Coded(here, there, len(edges) + 2, (train, test))


def flagged(train: NDArray[np.generic], test: NDArray[np.generic]) -> Coded:
    """Small whole numbers, or true and false, as they are."""
    here, there = (each.astype(np.intp) for each in (train, test))
    levels = int(here.max(initial=0)) + 1
    return Coded(here, np.minimum(there, levels - 1), levels)


def _edges(present: Numbers) -> Numbers:
    """The inner ends of the bins: between neighbours, so that no value lies on one."""
    ranked = np.sort(present)
    values = ranked[np.flatnonzero(np.diff(ranked, prepend=np.nan))]
    if len(values) <= _OWN_BIN:
        return (values[1:] + values[:-1]) / 2
    bins = max(2, min(_MOST_BINS, len(ranked) // _ROWS_PER_BIN))
    ends = ranked[np.arange(1, bins) * len(ranked) // bins]
    cuts = np.searchsorted(values, ends[np.flatnonzero(np.diff(ends, prepend=values[0]))])
    return (values[cuts - 1] + values[cuts]) / 2


def _numbers(values: pl.Series) -> Numbers:
    import polars as pl

    found = values.cast(pl.Float64, strict=False).to_numpy()
    return np.where(np.isfinite(found), found, np.nan)


def _categories(train: pl.Series, test: pl.Series) -> Coded:
    import polars as pl

    counts = train.alias("value").drop_nulls().value_counts(sort=True).head(_MOST_CATEGORIES)
    known = counts.get_column("value")
    here, there = (
        each.cast(pl.String).replace_strict(known, range(1, len(known) + 1), default=0, return_dtype=pl.Int64)
        for each in (train, test)
    )
    return Coded(here.fill_null(0).to_numpy(), there.fill_null(0).to_numpy(), len(known) + 1)
