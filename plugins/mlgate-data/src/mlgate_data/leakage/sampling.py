"""Rows drawn at random while a table streams by: enough to tell a leak, and few enough to be held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.batches import Batch
from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.kinds import Kind, column, is_text, kind_of
from mlgate_data.engine.sampled import drawn
from mlgate_data.leakage.keys import moment

if TYPE_CHECKING:
    import polars as pl

_CELLS = 4_000_000
_MOST_ROWS = 100_000
_FEWEST_ROWS = 2_000
_LONGEST = 100
"""Letters of a text that are kept."""


@dataclass(frozen=True)
class Sample:
    """At most so many rows of a table of `of` rows, the same ones every time; texts are cut after 100 letters."""

    columns: tuple[str, ...]
    of: int

    def collector(self, schema: Schema) -> _Sample:
        return _Sample(self, schema)


@dataclass(frozen=True, slots=True)
class Sampled:
    """The rows in the table's order; `places` is where each stands in it, from 0 to 1."""

    frame: pl.DataFrame
    places: NDArray[np.float64]
    of: int

    def column(self, name: str) -> pl.Series:
        """The values under a plain name: polars reads some names of columns as patterns."""
        return self.frame.get_column(name).alias("values")

    @property
    def whole(self) -> bool:
        return self.frame.height == self.of


class _Sample(Collecting):
    def __init__(self, fact: Sample, schema: Schema) -> None:
        self._of = fact.of
        self._numbers = drawn(fact.of, _rows(len(fact.columns)))
        self._columns = [kept(name, schema) for name in fact.columns]
        self._parts: list[pl.DataFrame] = []

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        first, last = np.searchsorted(self._numbers, [batch.start, batch.start + batch.height])
        if not self._parts or last > first:
            self._parts.append(batch.frame[self._numbers[first:last] - batch.start].select(self._columns))

    def result(self) -> Sampled:
        import polars as pl

        return Sampled(pl.concat(self._parts), self._numbers / max(1, self._of), self._of)


def _rows(columns: int) -> int:
    return max(_FEWEST_ROWS, min(_MOST_ROWS, _CELLS // max(1, columns)))


def kept(name: str, schema: Schema) -> pl.Expr:
    """A column as a sample holds it: texts cut, dates and times as numbers."""
    import polars as pl

    dtype = schema[name]
    if is_text(dtype):
        return column(name).cast(pl.String).str.head(_LONGEST)
    if kind_of(dtype) is not Kind.TIME:
        return column(name)
    values = moment(name, dtype) if dtype in (pl.Date, pl.Datetime) else column(name)
    return values.to_physical().cast(pl.Float64)
