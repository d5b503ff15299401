"""Quantiles: exact while the values can be kept, within a thousandth beyond that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.histograms import Counting, Histogram, doubles
from mlgate_data.engine.numbers import OfOne

if TYPE_CHECKING:
    from mlgate_data.engine.batches import Batch

_EXACT = 4_000_000
"""Values that are kept for exact quantiles; of more, bins tell them within a thousandth."""


@dataclass(frozen=True)
class Quantiles(OfOne):
    """Quantiles of a column of numbers, dates or times, missing and infinite values left out; None without values.

    Exact up to four million rows, as numpy's (linear between neighbours); beyond that, bins of a thousandth of their
    value are counted.
    """

    def collector(self, schema: Schema) -> _Quantiles:
        return _Quantiles(self.column)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Sorted values, or a histogram where they were too many."""

    values: NDArray[np.float64] | None = None
    histogram: Histogram | None = None

    def at(self, share: float) -> float:
        if self.histogram is not None:
            return self.histogram.quantile(share)
        return math.nan if self.values is None else float(np.quantile(self.values, share))


class _Quantiles(Collecting):
    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[NDArray[np.float64]] = []
        self._kept = 0
        self._histogram = Counting(name)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        numbers = doubles(batch.frame.get_column(self._name))
        numbers = numbers[np.isfinite(numbers)]
        if self._kept <= _EXACT:
            self._parts.append(numbers)
            self._kept += len(numbers)
        if self._kept > _EXACT:
            for part in self._parts or [numbers]:
                self._histogram.count(part)
            self._parts = []

    def result(self) -> Ranked | None:
        if not self._kept:
            return None
        if self._kept > _EXACT:
            return Ranked(histogram=self._histogram.result())
        return Ranked(np.sort(np.concatenate(self._parts)))
