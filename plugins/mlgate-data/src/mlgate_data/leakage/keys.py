"""Rows as hashes that agree between two tables, whatever types their readers gave the same values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.batches import Batch
from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.hashes import Growing, Hashed, comparable, row_hashes
from mlgate_data.engine.kinds import Kind, column, kind_of

if TYPE_CHECKING:
    import polars as pl

_MIX = np.uint64(0x9E37_79B9_7F4A_7C15)


@dataclass(frozen=True)
class Keys:
    """A hash per row of the values in `features`, and one of those with `label`, in the table's order or sorted.

    Columns in `widened` hold the same kind of values as another type in the other table. A row without any value
    in `features` gets 0 where `present` is asked for.
    """

    features: tuple[str, ...]
    label: str | None
    widened: tuple[str, ...]
    sorted: bool = False
    present: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return self.features if self.label is None else (*self.features, self.label)

    def collector(self, schema: Schema) -> _Keys:
        return _Keys(self, schema)


@dataclass(frozen=True, slots=True)
class RowKeys:
    """`whole` is `features` where there is no label."""

    features: Hashed
    whole: Hashed


class _Keys(Collecting):
    def __init__(self, fact: Keys, schema: Schema) -> None:
        self._fact = fact
        self._features = [_common(name, schema, fact) for name in fact.features]
        self._label = None if fact.label is None else _common(fact.label, schema, fact)
        self._keys, self._whole = Growing(np.uint64), Growing(np.uint64)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        keys = row_hashes(batch.frame, self._features)
        if self._fact.present:
            keys = np.where(_any_value(batch.frame, self._fact.features), keys, np.uint64(0))
        self._keys.extend(keys)
        if self._label is not None:
            self._whole.extend(keys * _MIX + row_hashes(batch.frame, [self._label]))

    def result(self) -> RowKeys:
        keys = self._in_order(self._keys)
        return RowKeys(keys, keys if self._label is None else self._in_order(self._whole))

    def _in_order(self, growing: Growing) -> Hashed:
        hashes: Hashed = growing.whole()
        if self._fact.sorted:
            hashes.sort()
        return hashes


def widened(names: Sequence[str], one: Schema, other: Schema) -> tuple[str, ...]:
    """The columns of both schemas that are of one kind and of two types."""
    return tuple(name for name in names if one[name] != other[name])


def twins(hashes: Hashed) -> int:
    """How many of the sorted hashes stand more than once."""
    same = hashes[1:] == hashes[:-1]
    return int(same.sum() + np.count_nonzero(same[:1]) + np.count_nonzero(same[1:] & ~same[:-1]))


def found_among(hashes: Hashed, others: Hashed) -> NDArray[np.bool_]:
    """Which of `hashes`, in any order, are among the sorted `others`."""
    if not len(others):
        return np.zeros(len(hashes), dtype=np.bool_)
    places = np.minimum(np.searchsorted(others, hashes), len(others) - 1)
    found: NDArray[np.bool_] = others[places] == hashes
    return found


def _common(name: str, schema: Schema, fact: Keys) -> pl.Expr:
    """The column in the type that both tables have in common."""
    import polars as pl

    kind = kind_of(schema[name])
    if name not in fact.widened or kind not in (Kind.NUMBER, Kind.TIME):
        return comparable(name, schema)
    if kind is Kind.NUMBER:
        return column(name).cast(pl.Float64, strict=False)
    return moment(name, schema[name])


def moment(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column of dates or times as UTC in microseconds; times without a zone are taken as UTC."""
    import polars as pl

    values = column(name)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return values.cast(pl.Datetime("us"), strict=False)


def _any_value(frame: pl.DataFrame, names: Sequence[str]) -> NDArray[np.bool_]:
    import polars as pl

    any_value: NDArray[np.bool_] = (
        frame.select(pl.any_horizontal(column(name).is_not_null() for name in names)).to_series().to_numpy()
    )
    return any_value
