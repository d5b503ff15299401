"""Facts that are counts: missing values, the values of a column and how often each occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlgate_data.engine.batches import Batch, value_counts
from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.kinds import column

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Missing:
    """In how many rows a column has no value; NaN is none."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def collector(self, schema: Schema) -> _Missing:
        return _Missing(self.column)


class _Missing(Collecting):
    def __init__(self, name: str) -> None:
        self._name = name
        self._missing = 0

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        self._missing += batch.frame.get_column(self._name).null_count()

    def result(self) -> int:
        return self._missing


@dataclass(frozen=True, slots=True)
class Counts:
    """The values of a column with their counts, missing ones left out; `complete` is false where there were too many.

    Where it is not complete, `of` is empty and `distinct` is a lower bound.
    """

    of: Mapping[Any, int]
    distinct: int
    complete: bool = True

    @property
    def total(self) -> int:
        return sum(self.of.values())


@dataclass(frozen=True)
class Tally:
    """How often each value of a column occurs, for columns of at most `limit` distinct values."""

    column: str
    limit: int = 10_000

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def collector(self, schema: Schema) -> _Tally:
        return _Tally(self)


@dataclass
class _Tally(Collecting):
    fact: Tally
    parts: list[pl.DataFrame] = field(default_factory=list)
    distinct: int = 0
    full: bool = False

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        if not self.full and not self.parts:
            self._probe(batch.frame.get_column(self.fact.column))
        if self.full:
            return
        self.parts.append(self._counted(batch))
        if len(self.parts) > 1 and sum(part.height for part in self.parts) > self.fact.limit:
            self._merge()
        self.full = self.parts[0].height > self.fact.limit + 1

    def result(self) -> Counts:
        if self.parts:
            self._merge()
        if self.full or self.distinct > self.fact.limit:
            return Counts({}, self.distinct, complete=False)
        merged = self.parts[0].filter(column(self.fact.column).is_not_null())
        return Counts(dict(merged.iter_rows()), merged.height)

    def _probe(self, series: pl.Series) -> None:
        """Tell a column of many values from a few rows, before all of them are counted."""
        some = series.head(2 * self.fact.limit)
        if some.len() < series.len() and (distinct := some.n_unique()) > self.fact.limit:
            self.distinct, self.full = distinct, True

    def _counted(self, batch: Batch) -> pl.DataFrame:
        tally = batch.tally(self.fact.column)
        return value_counts(batch.frame.get_column(self.fact.column)) if tally is None else tally

    def _merge(self) -> None:
        import polars as pl

        name, rows = self.parts[0].columns
        together = pl.concat(self.parts).group_by(column(name), maintain_order=True).agg(pl.col(rows).sum())
        self.parts = [together]
        self.distinct = together.height - together.get_column(name).null_count()
