"""Copies of real rows with many cells changed a little, as instruments and pipelines change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_robustness.search.seen import Seen, ticks

if TYPE_CHECKING:
    import polars as pl


_EXACT = 1 << 53


def noisy(
    rows: pl.DataFrame, scales: Mapping[str, float], seen: Mapping[str, Seen], rng: np.random.Generator
) -> pl.DataFrame:
    """Normal noise of the given standard deviation on each column named; no value leaves the range that was seen."""
    return rows.with_columns(_noisy(rows.get_column(name), scale, seen[name], rng) for name, scale in scales.items())


def _noisy(column: pl.Series, scale: float, seen: Seen, rng: np.random.Generator) -> pl.Series:
    own, held = ticks(column), seen.numbers
    low, high = np.fmin(own, held[0]), np.fmax(own, held[-1])
    return like(column, np.clip(own + rng.normal(0.0, scale, len(column)), low, high))


def like(column: pl.Series, numbers: NDArray[np.float64]) -> pl.Series:
    """The numbers in the type of `column`: rounded and kept within its range where it is whole; its nulls stay."""
    import polars as pl

    if column.dtype.is_integer():
        low, high = _limits(column.dtype)
        numbers = np.clip(np.rint(np.nan_to_num(numbers)), low, high)
        made = pl.Series(column.name, numbers.astype(np.int64)).cast(column.dtype)
    else:
        made = pl.Series(column.name, numbers).cast(column.dtype, strict=False)
    return made.zip_with(column.is_not_null(), column).alias(column.name)


def _limits(dtype: pl.DataType) -> tuple[int, int]:
    """The smallest and largest value of a whole type, as far as a double holds every whole number."""
    import polars as pl

    bounds = pl.select(low=pl.lit(0, dtype=dtype).lower_bound(), high=pl.lit(0, dtype=dtype).upper_bound()).row(0)
    return max(bounds[0], -_EXACT), min(bounds[1], _EXACT)
