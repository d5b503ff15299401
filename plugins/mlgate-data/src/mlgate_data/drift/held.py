"""What is kept of a column to compare it by: counts, however many rows it had."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.counts import Counts
from mlgate_data.engine.histograms import Histogram

Floats = NDArray[np.float64]
_CELLS, _WIDTHS = 300, 150
"""Cells of equal mass and of equal width that a column of a stored profile is cut into, both at once: the cumulative
shares at their ends are exact, and few rows are far from the end of their cell."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Rows by value, rising; `missing` counts rows without a finite value.

    `centre` is that of the histogram's bins. In a `merged` one, the values are the upper ends of cells.
    """

    values: Floats
    counts: Floats
    missing: float
    mean: float = 0.0
    deviation: float = 0.0
    centre: float = 0.0
    merged: bool = False

    @classmethod
    def of(cls, values: Floats, counts: Floats, missing: float, centre: float = 0.0) -> Numbers:
        total = counts.sum()
        mean = float((values * counts).sum() / total) if total else 0.0
        square = float((counts * (values - mean) ** 2).sum() / total) if total else 0.0
        return cls(values, counts, missing, mean, math.sqrt(square), centre)

    @classmethod
    def of_histogram(cls, histogram: Histogram, missing: int, centre: float = 0.0) -> Numbers:
        counts = histogram.counts.astype(np.float64)
        return cls.of(histogram.values, counts, float(missing + histogram.infinite), centre)

    @property
    def present(self) -> float:
        return float(self.counts.sum())

    @property
    def rows(self) -> float:
        return self.present + self.missing

    def merge(self, keep: Floats) -> Numbers:
        """At most 450 cells, none of which crosses a value of `keep`."""
        if len(self.values) <= _CELLS:
            return self
        cumulative = np.cumsum(self.counts)
        steps = np.linspace(0, cumulative[-1], _CELLS + 1)[1:]
        ends = np.searchsorted(cumulative, steps - 0.5)
        widths = np.searchsorted(self.values, np.linspace(self.values[0], self.values[-1], _WIDTHS), side="right") - 1
        kept = np.flatnonzero(np.isin(self.values, keep))
        last = np.unique(np.concatenate((ends, widths, kept, [0, len(self.values) - 1])))
        last = last[last < len(self.values)]
        counts = np.diff(cumulative[last], prepend=0.0)
        return Numbers(self.values[last], counts, self.missing, self.mean, self.deviation, self.centre, merged=True)

    def onto(self, cells: Floats) -> Numbers:
        """The same rows, each at the upper end of the cell it falls into; those above all cells stay where they are."""
        place = np.searchsorted(cells, self.values)
        ends = np.where(place < len(cells), cells[np.minimum(place, len(cells) - 1)], self.values)
        values, index = np.unique(ends, return_inverse=True)
        counts: Floats = np.bincount(index, self.counts, len(values)).astype(np.float64)
        return Numbers(values, counts, self.missing, self.mean, self.deviation, self.centre)


@dataclass(frozen=True, slots=True)
class Categories:
    """Rows by category; `other` counts rows of categories that are not told apart."""

    counts: Mapping[str, float]
    missing: float
    other: float = 0.0

    @classmethod
    def of(cls, counts: Counts, missing: int) -> Categories:
        return cls({str(value): float(count) for value, count in counts.of.items()}, float(missing))

    @property
    def present(self) -> float:
        return sum(self.counts.values()) + self.other

    @property
    def rows(self) -> float:
        return self.present + self.missing

    def merge(self, keep: frozenset[str]) -> Categories:
        """Only the categories of `keep`; the rest together."""
        kept = {value: count for value, count in self.counts.items() if value in keep}
        return Categories(kept, self.missing, self.present - sum(kept.values()))


Held = Numbers | Categories
