"""What each column was seen to hold: changed rows take their values from it, so that they could be real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

MOST_STEPS = 512
_MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """The values of one column, without null: rising where they have an order, else the most frequent first.

    Of more than 512 ordered values every n-th is kept, of the others the 50 most frequent. `nulls` says whether the
    column had any, `listed` whether a schema names each value.
    """

    values: pl.Series
    ordered: bool
    nulls: bool
    listed: bool = False

    @property
    def numeric(self) -> bool:
        return self.values.dtype.is_numeric()

    @property
    def spread(self) -> float:
        """From the 5th to the 95th percentile of the distinct values; 0 where there is one alone."""
        low, high = np.quantile(self.numbers, (0.05, 0.95)) if len(self.values) else (0.0, 0.0)
        return float(high - low)

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The values as numbers that keep their order: times as the ticks of their type."""
        return ticks(self.values)


def ticks(values: pl.Series) -> NDArray[np.float64]:
    """The values of a column as numbers that keep their order, NaN for null."""
    import polars as pl

    return values.to_physical().cast(pl.Float64).to_numpy()


def seen(frame: pl.DataFrame) -> Mapping[str, Seen]:
    """What every column of `frame` holds; a column of nested values or of nothing but null is left out."""
    found = ((name, _seen(frame.get_column(name))) for name in frame.columns)
    return {name: each for name, each in found if each is not None and len(each.values)}


def _seen(column: pl.Series) -> Seen | None:
    import polars as pl

    if column.dtype.is_nested() or column.dtype in (pl.Object, pl.Binary):
        return None
    values, nulls = column.drop_nulls(), column.null_count() > 0
    if column.dtype.is_float():
        finite = values.filter(values.is_finite())
        values, nulls = finite, nulls or len(finite) < len(values)
    if column.dtype.is_numeric() or column.dtype.is_temporal():
        return Seen(_thinned(values.unique().sort()), ordered=True, nulls=nulls)
    counted = values.value_counts(sort=True, name="times")
    return Seen(counted.get_column(column.name).head(_MOST_VALUES), ordered=False, nulls=nulls)


def _thinned(values: pl.Series) -> pl.Series:
    if len(values) <= MOST_STEPS:
        return values
    return values.gather(np.unique(np.linspace(0, len(values) - 1, MOST_STEPS).round().astype(np.int64)))
