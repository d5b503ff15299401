"""Facts that depend on other rows of the same column: its order, and values that stand more than once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate_data.engine.breaches import Breaches, first_rows
from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.hashes import Growing, Hashed, comparable, row_hashes
from mlgate_data.engine.kinds import column
from mlgate_data.engine.sql import expression, names_in

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch


@dataclass(frozen=True)
class Disorder:
    """Rows whose value does not follow the one before it; rows without a value are passed over."""

    column: str
    falling: bool = False
    strictly: bool = False
    where: str | None = None
    shown: int = 20

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.column, *names_in(self.where))))

    def collector(self, schema: Schema) -> _Disorder:
        return _Disorder(self)


@dataclass
class _Disorder(Collecting):
    fact: Disorder
    last: pl.Series | None = None
    count: int = 0
    of: int = 0
    rows: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        present = _present(batch.numbered(), (self.fact.column,), self.fact.where)
        here = present.get_column(self.fact.column)
        if not here.len():
            return
        self.of += here.len()
        before = here.shift(1) if self.last is None else self.last.append(here.head(here.len() - 1))
        wrong = self._wrong(here, before)
        self.last = here.tail(1)
        found = int(wrong.sum())
        if found and len(self.rows) < self.fact.shown:
            broken = present.filter(wrong.fill_null(False))
            self.rows.extend(first_rows(broken, self.fact.columns, self.fact.shown - len(self.rows)))
        self.count += found

    def result(self) -> Breaches:
        return Breaches(self.count, self.of, tuple(self.rows))

    def _wrong(self, here: pl.Series, before: pl.Series) -> pl.Series:
        if self.fact.falling:
            return here >= before if self.fact.strictly else here > before
        return here <= before if self.fact.strictly else here < before


@dataclass(frozen=True, slots=True)
class Repetition:
    """`count` of `of` rows have values that another row has too; `some` are hashes of such values."""

    count: int
    of: int
    some: tuple[int, ...] = ()


@dataclass(frozen=True)
class Repeated:
    """Rows whose values in `key` another row has too, rows without any of them left out."""

    key: tuple[str, ...]
    where: str | None = None
    shown: int = 20

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.key, *names_in(self.where))))

    def collector(self, schema: Schema) -> _Repeated:
        return _Repeated(self, [comparable(name, schema) for name in self.key])


@dataclass
class _Repeated(Collecting):
    fact: Repeated
    values: Sequence[pl.Expr]
    runs: list[_Run] = field(default_factory=list)
    others: Growing = field(default_factory=lambda: Growing(np.uint64))
    rows: int = 0
    mixed: bool = False

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        hashes = key_hashes(_present(batch.frame, self.fact.key, self.fact.where), self.values)
        self.rows += len(hashes)
        run = _Run.of(hashes)
        if run is not None:
            self.runs.append(run)
        elif len(hashes):
            self.others.extend(hashes)
            self.mixed = True

    def result(self) -> Repetition:
        rows = self.rows
        if not self.mixed and _apart(self.runs):
            return Repetition(0, rows)
        for run in self.runs:
            self.others.extend(run.values())
        hashes: Hashed = self.others.whole()
        hashes.sort()
        same = hashes[1:] == hashes[:-1]
        if not same.any():
            return Repetition(0, rows)
        first = np.concatenate([same[:1], same[1:] & ~same[:-1]])
        return Repetition(
            int(same.sum() + first.sum()), len(hashes), tuple(hashes[:-1][first][: self.fact.shown].tolist())
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """Numbers that count up one by one, as ids often do: kept as their ends."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def values(self) -> Hashed:
        return np.arange(self.first, self.last + 1, dtype=np.uint64)

    @classmethod
    def of(cls, numbers: Hashed) -> _Run | None:
        """The run that these numbers are; None where they are none."""
        if not len(numbers) or int(numbers[-1]) - int(numbers[0]) != len(numbers) - 1:
            return None
        counting = bool((numbers[1:] - numbers[:-1] == 1).all())
        return cls(int(numbers[0]), int(numbers[-1])) if counting else None


def _apart(runs: Sequence[_Run]) -> bool:
    """Whether no two runs meet."""
    ends = sorted((run.first, run.last) for run in runs)
    return all(here[1] < after[0] for here, after in pairwise(ends))


@dataclass(frozen=True)
class WithKey:
    """The first rows whose values in `key` have one of these hashes, those of one value beside each other."""

    key: tuple[str, ...]
    hashes: tuple[int, ...]
    where: str | None = None
    shown: int = 20

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.key, *names_in(self.where))))

    def collector(self, schema: Schema) -> _WithKey:
        return _WithKey(self, schema)


@dataclass
class _WithKey(Collecting):
    fact: WithKey
    schema: Schema
    rows: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        if len(self.rows) >= self.fact.shown:
            return
        found = with_keys(batch, self.fact.key, self.fact.hashes, self.fact.where, self.schema)
        self.rows.extend(first_rows(found, self.fact.columns, self.fact.shown - len(self.rows)))

    def result(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.rows)


def with_keys(
    batch: Batch, key: Sequence[str], hashes: Sequence[int], where: str | None, schema: Schema
) -> pl.DataFrame:
    """The numbered rows of a batch whose values in `key` have one of these hashes."""
    present = _present(batch.numbered(), key, where)
    values = [comparable(name, schema) for name in key]
    return present.filter(np.isin(key_hashes(present, values), np.array(hashes, dtype=np.uint64)))


def key_hashes(frame: pl.DataFrame, values: Sequence[pl.Expr]) -> Hashed:
    """One number per row: the value itself where the key is one whole number, so that nothing can collide."""
    import polars as pl

    if len(values) == 1:
        only = frame.select(values).to_series()
        if only.dtype == pl.Int64:
            return only.to_numpy().view(np.uint64)
    return row_hashes(frame, values)


def _present(frame: pl.DataFrame, key: Sequence[str], where: str | None) -> pl.DataFrame:
    """The rows that have a value in `key`, of those where the condition is true."""
    import polars as pl

    if where is not None:
        frame = frame.filter(expression(where))
    if any(frame.get_column(name).null_count() for name in key):
        frame = frame.filter(pl.any_horizontal(column(name).is_not_null() for name in key))
    return frame
