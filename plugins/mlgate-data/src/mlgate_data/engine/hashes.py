"""Facts about whole rows: which are the same, by 64-bit hashes that are sorted, not held in a set.

Eight bytes per row. Two different rows get one hash with probability n^2 / 2^65: three in a million at ten million
rows, so a share is not touched by it; a count of zero is always right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.kinds import column

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch

Hashed = NDArray[np.uint64]


@dataclass(frozen=True)
class Hashes:
    """One hash per row of the values in `columns`, sorted. Equal values hash alike in every table.

    Whole numbers of any width hash alike, and so do floats; a missing value is a value.
    """

    columns: tuple[str, ...]

    def collector(self, schema: Schema) -> _Hashes:
        return _Hashes(self.columns, schema)


class _Hashes(Collecting):
    def __init__(self, columns: Sequence[str], schema: Schema) -> None:
        self._values = [comparable(name, schema) for name in columns]
        self._parts: list[Hashed] = []

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        self._parts.append(row_hashes(batch.frame, self._values))

    def result(self) -> Hashed:
        together = joined(self._parts)
        together.sort()
        return together


def comparable(name: str, schema: Schema) -> pl.Expr:
    """The column so that equal values of different widths are equal."""
    import polars as pl

    dtype = schema[name]
    if dtype.is_integer():
        return column(name).cast(pl.Int64, strict=False)
    return column(name).cast(pl.Float64) if dtype.is_float() else column(name)


def row_hashes(frame: pl.DataFrame, values: Sequence[pl.Expr]) -> Hashed:
    """A hash of every row, the same in every table of one process."""
    chosen = frame.select(values)
    hashed = chosen.to_series().alias("row").hash(seed=1) if chosen.width == 1 else chosen.hash_rows(seed=1)
    return hashed.to_numpy()


def joined(parts: list[Hashed]) -> Hashed:
    """One array of all parts; the parts are let go as they are copied, so that memory holds them once."""
    together = np.empty(sum(len(part) for part in parts), dtype=np.uint64)
    place = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        together[place : place + len(part)] = part
        place += len(part)
    return together


def repeats(hashes: Hashed) -> int:
    """Rows that stand a second time or more often: n minus the number of distinct rows."""
    return int(np.count_nonzero(hashes[1:] == hashes[:-1]))


def thinned(hashes: Hashed, rows: int, seed: int = 0) -> Hashed:
    """At most `rows` of the hashes, chosen at random: repeats grow with the number of rows, so compare at equal n."""
    if len(hashes) <= rows:
        return hashes
    return hashes[np.sort(np.random.default_rng(seed).choice(len(hashes), rows, replace=False))]


def shared(hashes: Hashed, others: Hashed) -> int:
    """How many of `hashes` are also among `others`; both are sorted."""
    if not len(others):
        return 0
    places = np.minimum(np.searchsorted(others, hashes), len(others) - 1)
    return int(np.count_nonzero(others[places] == hashes))
