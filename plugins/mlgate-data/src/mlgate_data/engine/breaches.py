"""The fact behind rules about rows: how many break it, and the first of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from mlgate_data.engine.facts import Mask, Schema
from mlgate_data.engine.footers import Footer, Known
from mlgate_data.engine.kinds import column, is_text
from mlgate_data.engine.sql import expression, names_in

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch

SHOWN = 20
"""Failing rows that are kept for people; all are counted."""


@dataclass(frozen=True, slots=True)
class Breaches:
    """`count` of `of` rows break a rule; `rows` are the first of them: the row's number, from 0, and its values."""

    count: int
    of: int
    rows: tuple[Mapping[str, Any], ...] = ()

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


class RowRule(Protocol):
    """A demand on every row. Make it a frozen dataclass. A row without a value does not break it, unless it says so."""

    @property
    def name(self) -> str:
        """The rule's name in the gate file."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at, the one that it is about first."""
        ...

    @property
    def broken(self) -> str:
        """What is wrong with a row that breaks it, after `rows are`: `above 120`."""
        ...

    @property
    def speaks_of_missing(self) -> bool:
        """Whether rows without a value count too."""
        ...

    def kept(self, known: Known) -> bool:
        """Whether the statistics of the column alone tell that no row breaks it."""
        ...

    def breaks(self, schema: Schema) -> pl.Expr:
        """True for the rows that break it. Raises `CheckError` where the columns' types do not allow it."""
        ...

    def counted(self, schema: Schema) -> pl.Expr:
        """True for the rows that it speaks of: the denominator of `mostly`."""
        ...


@dataclass(frozen=True)
class OfColumn:
    """What rules about the values of one column share: a row without a value does not count."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def speaks_of_missing(self) -> bool:
        return False

    def counted(self, schema: Schema) -> pl.Expr:
        return column(self.column).is_not_null()

    def kept(self, known: Known) -> bool:
        return False


@dataclass(frozen=True)
class Breaking:
    """How many rows break a rule, among those where the SQL condition `where` is true."""

    rule: RowRule
    where: str | None = None
    shown: int = SHOWN

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.rule.columns, *names_in(self.where))))

    def collector(self, schema: Schema) -> _Breaking:
        return _Breaking(self, schema)

    def settled(self, footer: Footer, schema: Schema) -> Breaches | None:
        known = footer.columns.get(self.rule.columns[0])
        if known is None or len(self.columns) > 1 or not self.rule.kept(known):
            return None
        return Breaches(0, footer.rows - (0 if self.rule.speaks_of_missing else known.missing or 0))


@dataclass
class _Breaking:
    fact: Breaking
    schema: Schema
    expressions: Sequence[pl.Expr] = ()
    masks: Sequence[Mask] = ()
    count: int = 0
    of: int = 0
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    by_value: str | None = None

    def __post_init__(self) -> None:
        rule, where = self.fact.rule, self.fact.where
        self._breaks, counted = rule.breaks(self.schema), rule.counted(self.schema)
        self._counts_itself = len(rule.columns) == 1 and where is None
        if self._counts_itself:
            self.by_value = self._value_of(rule)
            self.masks = (Mask(self._breaks, self.by_value),)
            return
        if where is not None:
            self._breaks, counted = self._breaks & expression(where), counted & expression(where)
        self.masks = (Mask(self._breaks), Mask(counted))

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        self.count += counts[0]
        self.of += self._present(batch) if self._counts_itself else counts[1]
        if counts[0] and len(self.rows) < self.fact.shown:
            broken = batch.numbered_part(self.fact.columns).filter(self._breaks)
            self.rows.extend(first_rows(broken, self.fact.columns, self.fact.shown - len(self.rows)))

    def result(self) -> Breaches:
        return Breaches(self.count, self.of, tuple(self.rows))

    def _value_of(self, rule: RowRule) -> str | None:
        """The text column whose distinct values decide, where a look at them is cheaper than at the rows."""
        name = rule.columns[0]
        return name if is_text(self.schema[name]) else None

    def _present(self, batch: Batch) -> int:
        """The rows that the rule speaks of, which a column knows without a look at its values."""
        if self.fact.rule.speaks_of_missing:
            return batch.height
        return batch.height - batch.missing(self.fact.rule.columns[0])


def first_rows(broken: pl.DataFrame, columns: Sequence[str], most: int) -> list[dict[str, Any]]:
    """The first rows of a numbered frame: each row's number, and its values in `columns`."""
    chosen = dict.fromkeys((broken.columns[0], *columns))
    return broken.head(most).select(column(name) for name in chosen).to_dicts()
