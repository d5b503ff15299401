"""Counts of rows that do not weigh the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mlgate_data.drift.held import Categories, Floats, Held, Numbers
from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.histograms import middles_of
from mlgate_data.engine.kinds import Kind, kind_of

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch

_MOST = 10_000


@dataclass(frozen=True)
class Weighted:
    """The weighted counts of a column, scaled so that they add up to the effective number of rows.

    That number is (sum of weights)^2 / sum of squared weights (Kish 1965, Survey Sampling, section 11.7). None for
    text of more than 10,000 values.
    """

    column: str
    weight: str
    centre: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, self.weight)

    def collector(self, schema: Schema) -> _Weighted:
        return _Weighted(self, text=kind_of(schema[self.column]) in (Kind.TEXT, Kind.BOOLEAN))


@dataclass
class _Weighted(Collecting):
    fact: Weighted
    text: bool
    categories: dict[str, float] = field(default_factory=dict)
    parts: list[tuple[Floats, Floats]] = field(default_factory=list)
    missing: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        series = batch.frame.get_column(self.fact.column)
        weights = weights_of(batch.frame.get_column(self.fact.weight))
        self.total += float(weights.sum())
        self.squares += float(np.square(weights).sum())
        there = ~series.is_null().to_numpy()
        self.missing += float(weights[~there].sum())
        (self._add_text if self.text else self._add_numbers)(series.filter(there), weights[there])

    def result(self) -> Held | None:
        scale = self.total / self.squares if self.squares else 0.0
        if self.text:
            scaled = {value: count * scale for value, count in self.categories.items()}
            return Categories(scaled, self.missing * scale) if len(scaled) <= _MOST else None
        values, sums = _added([part for part, _ in self.parts], [part for _, part in self.parts])
        return Numbers.of(values, sums * scale, self.missing * scale, self.fact.centre)

    def _add_text(self, series: pl.Series, weights: Floats) -> None:
        import polars as pl

        if len(self.categories) > _MOST:
            return
        sums = pl.DataFrame({"value": series, "weight": weights}).group_by("value").agg(pl.col("weight").sum())
        for value, weight in sums.iter_rows():
            self.categories[str(value)] = self.categories.get(str(value), 0.0) + weight

    def _add_numbers(self, series: pl.Series, weights: Floats) -> None:
        import polars as pl

        physical = series.to_physical() if series.dtype.is_temporal() else series
        numbers = physical.cast(pl.Float64).to_numpy()
        finite = np.isfinite(numbers)
        self.missing += float(weights[~finite].sum())
        middles = middles_of(numbers[finite] - self.fact.centre)
        self.parts = [
            _added(
                [*(part for part, _ in self.parts), middles + self.fact.centre],
                [*(part for _, part in self.parts), weights[finite]],
            )
        ]


def weights_of(series: pl.Series) -> Floats:
    """Weights as numbers; a missing or negative one is 0."""
    import polars as pl

    found: Floats = series.cast(pl.Float64).fill_nan(None).fill_null(0.0).to_numpy()
    return np.maximum(found, 0.0)


def _added(values: Sequence[Floats], weights: Sequence[Floats]) -> tuple[Floats, Floats]:
    distinct, place = np.unique(np.concatenate([*values, np.zeros(0)]), return_inverse=True)
    sums: Floats = np.bincount(place, np.concatenate([*weights, np.zeros(0)]), len(distinct)).astype(np.float64)
    return distinct, sums
