"""Facts that are counts: missing values, the values of a column and how often each occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlgate_data.engine.batches import Batch, value_counts
from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.footers import Footer
from mlgate_data.engine.kinds import column, is_text

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
        return _Missing(self.column, text=is_text(schema[self.column]))

    def settled(self, footer: Footer, schema: Schema) -> int | None:
        known = footer.columns.get(self.column)
        return None if known is None else known.missing


class _Missing(Collecting):
    def __init__(self, name: str, *, text: bool) -> None:
        self.by_value = name if text else None
        self._name = name
        self._missing = 0

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        self._missing += batch.missing(self._name)

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
        return _Tally(self, by_value=self.column if is_text(schema[self.column]) else None)


@dataclass
class _Tally(Collecting):
    fact: Tally
    by_value: str | None = None
    parts: list[pl.DataFrame] = field(default_factory=list)
    distinct: int = 0
    full: bool = False

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        if self.full:
            return
        counted = batch.tally(self.fact.column)
        if counted is None:
            counted = self._counted(batch.frame.get_column(self.fact.column))
        self.parts.extend([] if counted is None else [counted])
        if len(self.parts) > 1 and sum(part.height for part in self.parts) > self.fact.limit:
            self._merge()
        self.full = self.full or self.parts[0].height > self.fact.limit + 1

    def result(self) -> Counts:
        if self.parts:
            self._merge()
        if self.full or self.distinct > self.fact.limit:
            return Counts({}, self.distinct, complete=False)
        merged = self.parts[0].filter(column(self.fact.column).is_not_null())
        return Counts(dict(merged.iter_rows()), merged.height)

    def _counted(self, series: pl.Series) -> pl.DataFrame | None:
        """The counts of one batch; None where a few rows of it tell that there are too many values."""
        some = series.head(2 * self.fact.limit)
        if some.len() < series.len() and (distinct := some.n_unique()) > self.fact.limit:
            self.distinct, self.full = distinct, True
            return None
        return value_counts(series)

    def _merge(self) -> None:
        import polars as pl

        name, rows = self.parts[0].columns
        together = pl.concat(self.parts).group_by(column(name), maintain_order=True).agg(pl.col(rows).sum())
        self.parts = [together]
        self.distinct = together.height - together.get_column(name).null_count()
