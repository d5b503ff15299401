"""Facts about whole rows: which are the same, by 64-bit hashes that are sorted, not held in a set.

Eight bytes per row. Two different rows get one hash with probability n^2 / 2^65: three in a million at ten million
rows, so a share is not touched by it; a count of zero is always right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
        self._hashes = Growing(np.uint64)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        self._hashes.extend(row_hashes(batch.frame, self._values))

    def result(self) -> Hashed:
        hashes: Hashed = self._hashes.whole()
        hashes.sort()
        return hashes


@dataclass(frozen=True)
class Repeats:
    """How many rows repeat another in `columns`: among `rows` rows drawn at random, and among all."""

    columns: tuple[str, ...]
    rows: int

    def collector(self, schema: Schema) -> _Repeats:
        return _Repeats(self, schema)


class _Repeats(Collecting):
    def __init__(self, fact: Repeats, schema: Schema) -> None:
        self._rows = fact.rows
        self._hashes = _Hashes(fact.columns, schema)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        self._hashes.add(batch, values, counts)

    def result(self) -> tuple[int, int]:
        hashes = self._hashes.result()
        whole = repeats(hashes)
        return repeats(thinned(hashes, self._rows)) if whole else 0, whole


class Growing:
    """An array that grows in place: the system moves large blocks without a second copy of them."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self._values: NDArray[Any] = np.empty(1 << 16, dtype=dtype)
        self._length = 0

    def extend(self, values: NDArray[Any]) -> None:
        needed = self._length + len(values)
        if needed > len(self._values):
            self._values.resize(max(needed, len(self._values) * 5 // 4), refcheck=False)
        self._values[self._length : needed] = values
        self._length = needed

    def whole(self) -> NDArray[Any]:
        """The values; nothing may be added any more."""
        self._values.resize(self._length, refcheck=False)
        return self._values


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
