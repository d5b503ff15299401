"""Facts about numbers and times: the least and the greatest, mean and variance, quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
