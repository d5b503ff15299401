"""Distributions of numbers: counts in bins that are the same for every table, found without knowing the range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.numbers import OfOne

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch

_BITS = 10
"""Bits of the mantissa that are kept: values in one bin differ by less than a thousandth."""
_SHIFT = 52 - _BITS
_SIZE = np.int64(0x7FFF_FFFF_FFFF_FFFF)
_WIDTH = 64 << _BITS
"""Bins of each sign that are counted in one array: values from the largest down to 2**-48 of it, and 2**16 above."""
_ABOVE = 16 << _BITS
_DENSE_ROWS = 65_536
"""Rows of a batch from which the array is worth its megabyte: tables of many columns come in smaller batches."""
_INFINITE = 2047 << _BITS
_Part = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Bins and their counts."""
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
    """The histogram of a column of numbers, true or false, dates or times (as microseconds or days).

    Bins are a thousandth of the distance from `centre` wide: values far from zero that differ by little need one.
    """

    centre: float = 0.0

    def collector(self, schema: Schema) -> Counting:
        return Counting(self.column, self.centre)


class Counting(Collecting):
    """Bins by the leading bits of a double: one array for the sizes that are usual in a column, parts for the rest."""

    def __init__(self, name: str, centre: float = 0.0) -> None:
        self._name = name
        self._centre = centre
        self._parts: list[_Part] = []
        self._dense = np.zeros(0, dtype=np.int64)
        self._low = 0
        self._infinite = 0

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        numbers = doubles(batch.frame.get_column(self._name))
        self.count(numbers - self._centre if self._centre else numbers)

    def count(self, numbers: NDArray[np.float64]) -> None:
        """Count more values; none of them is NaN."""
        if len(numbers) < _DENSE_ROWS:
            self._count_rest(numbers)
            return
        bits = numbers.view(np.int64)
        places = (bits & _SIZE) >> _SHIFT
        if not len(self._dense):
            self._begin(places)
        places -= self._low
        odd = (places < 0) | (places >= _WIDTH)
        if odd.any():
            self._count_rest(numbers[odd])
            places, bits = places[~odd], bits[~odd]
        places += (bits >> 63) & _WIDTH
        self._dense += np.bincount(places, minlength=2 * _WIDTH)

    def result(self) -> Histogram:
        places = np.flatnonzero(self._dense)  # none where no batch was large enough for the array
        signs = np.where(places < _WIDTH, 1, -1)
        self._parts.append((signs * (places % _WIDTH + self._low), self._dense[places]))
        bins, counts = _together(self._parts)
        return Histogram(_middles(bins) + self._centre, counts, self._infinite)

    def _begin(self, sizes: NDArray[np.int64]) -> None:
        """Put the array where the first batch's largest finite value is."""
        finite = sizes[sizes < _INFINITE]
        largest = int(finite.max()) if len(finite) else 0
        self._low = max(1, largest + _ABOVE - _WIDTH)
        self._dense = np.zeros(2 * _WIDTH, dtype=np.int64)

    def _count_rest(self, numbers: NDArray[np.float64]) -> None:
        """Zeros, infinite values, and what is far smaller or larger than usual."""
        finite = numbers[np.isfinite(numbers)]
        self._infinite += len(numbers) - len(finite)
        zeros = np.count_nonzero(finite == 0)
        self._parts.append((np.zeros(1, dtype=np.int64), np.array([zeros])))
        self._parts.append(np.unique(_bins(finite[finite != 0]), return_counts=True))
        if len(self._parts) > _MANY:
            self._parts = [_together(self._parts)]


def _together(parts: Sequence[_Part]) -> _Part:
    """All parts as one, each bin once and none of them empty."""
    bins, place = np.unique(np.concatenate([part for part, _ in parts]), return_inverse=True)
    counts = np.bincount(place, np.concatenate([part for _, part in parts]), len(bins)).astype(np.int64)
    return bins[counts > 0], counts[counts > 0]


def doubles(series: pl.Series) -> NDArray[np.float64]:
    import polars as pl

    present = series.alias("values")  # polars reads some names as patterns
    if present.null_count():
        present = present.drop_nulls()
    if present.dtype.is_temporal():
        present = present.to_physical()
    return (present if present.dtype == pl.Float64 else present.cast(pl.Float64)).to_numpy()


def _bins(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    """Sign, exponent and leading bits of the mantissa as one number that rises with the value."""
    bits = np.abs(numbers).view(np.int64) >> (52 - _BITS)
    return np.where(numbers < 0, -bits, bits)


def middles_of(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """For every finite number, the value that stands for its bin."""
    return _middles(_bins(numbers))


def _middles(bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Zero is a bin of its own value; every other bin is told by its middle."""
    first = np.abs(bins) << (52 - _BITS)
    middles = np.where(bins == 0, 0, first | 1 << (51 - _BITS)).view(np.float64)
    return np.where(bins < 0, -middles, middles)
