"""Facts about numbers and times: the least and the greatest, mean and variance, quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.footers import Footer
from mlgate_data.engine.kinds import column

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch


@dataclass(frozen=True)
class OfOne:
    """A fact about one column."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)


@dataclass(frozen=True)
class Extremes(OfOne):
    """The least and the greatest value of a column that has an order; None where every value is missing."""

    def collector(self, schema: Schema) -> _Extremes:
        return _Extremes(column(self.column))

    def settled(self, footer: Footer, schema: Schema) -> tuple[Any, Any] | None:
        known = footer.columns.get(self.column)
        return None if known is None else known.ends


class _Extremes(Collecting):
    def __init__(self, values: pl.Expr) -> None:
        self.expressions = (values.min(), values.max())
        self._ends: tuple[Any, Any] | None = None

    def add(self, batch: Batch, values: Sequence[Any], counts: Sequence[int]) -> None:
        low, high = values
        if low is None:
            return
        self._ends = (low, high) if self._ends is None else (min(low, self._ends[0]), max(high, self._ends[1]))

    def result(self) -> tuple[Any, Any] | None:
        return self._ends


@dataclass(frozen=True, slots=True)
class Moments:
    """Number, mean and variance (with n - 1) of the values that are there; not finite where one of them is not."""

    n: int
    mean: float
    variance: float

    @property
    def deviation(self) -> float:
        return math.sqrt(self.variance) if self.variance >= 0 else math.nan


@dataclass(frozen=True)
class Spread(OfOne):
    """Mean and variance of a column of numbers; None where every value is missing."""

    def collector(self, schema: Schema) -> _Spread:
        import polars as pl

        values = column(self.column)
        return _Spread(values.cast(pl.Float64) if schema[self.column] == pl.Boolean else values)


class _Spread(Collecting):
    """Adds the moments of batches up (Chan, Golub & LeVeque 1983, The American Statistician 37, 242-247)."""

    def __init__(self, values: pl.Expr) -> None:
        self.expressions = (values.count(), values.mean(), values.var(ddof=0))
        self._n = 0
        self._mean = 0.0
        self._squares = 0.0

    def add(self, batch: Batch, values: Sequence[Any], counts: Sequence[int]) -> None:
        n, mean, variance = values
        if not n:
            return
        mean, variance = float(mean), float(variance)
        total, gap = self._n + n, mean - self._mean
        self._mean += gap * n / total
        self._squares += variance * n + gap * gap * self._n * n / total
        self._n = total

    def result(self) -> Moments | None:
        if not self._n:
            return None
        return Moments(self._n, self._mean, self._squares / max(1, self._n - 1))


_BITS = 10
"""Bits of the mantissa that are kept: values in one bin differ by less than a thousandth."""
_DENSEST = 4
"""Bins per row up to which all bins of a batch are counted in one array, empty ones too."""
_MANY = 16


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts in bins that are the same for every table, so that two histograms can be compared and added.

    `values[i]` is the middle of bin i, rising; values in one bin differ by less than a thousandth. `counts` are rows;
    `infinite` are rows that no bin holds. Two histograms are compared on the union of their `values`.
    """

    values: NDArray[np.float64]
    counts: NDArray[np.int64]
    infinite: int = 0

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    def quantile(self, share: float) -> float:
        """The value below which `share` of the rows lie, within a thousandth of itself. NaN without rows."""
        if not self.n:
            return math.nan
        place = int(np.searchsorted(np.cumsum(self.counts), share * (self.n - 1), side="right"))
        return float(self.values[min(place, len(self.values) - 1)])

    def near(self, values: Sequence[float]) -> int:
        """Rows within a thousandth of one of `values`: those of their bins."""
        return int(self.counts[np.isin(self.values, _middles(_bins(np.array(values, dtype=np.float64))))].sum())

    def nonzero(self) -> Histogram:
        """The magnitudes of the values that are not zero."""
        keep = self.values != 0
        return _merged(Histogram(np.abs(self.values[keep]), self.counts[keep]))


def _merged(histogram: Histogram) -> Histogram:
    values, place = np.unique(histogram.values, return_inverse=True)
    return Histogram(values, np.bincount(place, histogram.counts, len(values)).astype(np.int64), histogram.infinite)


@dataclass(frozen=True)
class Distribution(OfOne):
    """The histogram of a column of numbers, true or false, dates or times (as microseconds or days)."""

    def collector(self, schema: Schema) -> Counting:
        return Counting(self.column)


class Counting(Collecting):
    """Bins by the leading bits of a double: log-linear, without knowing the range before."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self._dense: NDArray[np.int64] | None = None
        self._first = 0
        self._infinite = 0

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        numbers = doubles(batch.frame.get_column(self._name))
        finite = numbers[np.isfinite(numbers)]
        self._infinite += len(numbers) - len(finite)
        self.count(finite)

    def count(self, finite: NDArray[np.float64]) -> None:
        if not len(finite):
            return
        bins = _bins(finite)
        low, high = int(bins.min()), int(bins.max())
        if self._dense is not None and self._first <= low and high < self._first + len(self._dense):
            self._dense += np.bincount(bins - self._first, minlength=len(self._dense))
        elif high - low > _DENSEST * len(bins):
            self._keep(*np.unique(bins, return_counts=True))
        else:
            self._flush()
            self._first = low - (high - low) // 4
            self._dense = np.bincount(bins - self._first, minlength=(high - low) * 3 // 2 + 1)

    def result(self) -> Histogram:
        self._flush()
        self._keep()
        [(bins, counts)] = self._parts or [(np.empty(0, np.int64), np.empty(0, np.int64))]
        return Histogram(_middles(bins), counts, self._infinite)

    def _flush(self) -> None:
        """Put what was counted in one array among the parts: the range of the bins was left."""
        if self._dense is not None:
            places = np.flatnonzero(self._dense)
            self._keep(places + self._first, self._dense[places])
            self._dense = None

    def _keep(self, bins: NDArray[np.int64] | None = None, counts: NDArray[np.int64] | None = None) -> None:
        """Add a part; many of them become one."""
        if bins is not None and counts is not None:
            self._parts.append((bins, counts))
        if len(self._parts) > (_MANY if bins is not None else 1):
            together, place = np.unique(np.concatenate([part for part, _ in self._parts]), return_inverse=True)
            rows = np.concatenate([part for _, part in self._parts])
            self._parts = [(together, np.bincount(place, rows, len(together)).astype(np.int64))]


def doubles(series: pl.Series) -> NDArray[np.float64]:
    import polars as pl

    present = series.alias("values").drop_nulls()  # polars reads some names as patterns
    if present.dtype.is_temporal():
        present = present.to_physical()
    return present.cast(pl.Float64).to_numpy()


def _bins(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    """Sign, exponent and leading bits of the mantissa as one number that rises with the value."""
    bits = np.abs(numbers).view(np.int64) >> (52 - _BITS)
    return np.where(numbers < 0, -bits, bits)


def _middles(bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Zero is a bin of its own value; every other bin is told by its middle."""
    first = np.abs(bins) << (52 - _BITS)
    middles = np.where(bins == 0, 0, first | 1 << (51 - _BITS)).view(np.float64)
    return np.where(bins < 0, -middles, middles)
