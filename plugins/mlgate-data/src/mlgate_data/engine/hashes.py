"""Facts about whole rows: which are the same, by 64-bit hashes that are sorted, not held in a set.

Eight bytes per row; beyond fifty million rows, in a file. Two different rows get one hash with probability
n^2 / 2^65: three in a million at ten million rows, so a share is not touched by it; a count of zero is always right.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.kinds import column

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch

Hashed = NDArray[np.uint64]
_PIECE = 10_000_000
"""Hashes that are compared at a time."""


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
    """How many of `rows` rows, drawn at random from all `of` rows of the table, repeat another of them in `columns`."""

    columns: tuple[str, ...]
    rows: int
    of: int

    def collector(self, schema: Schema) -> _Repeats:
        return _Repeats(self, schema)


class _Repeats(Collecting):
    def __init__(self, fact: Repeats, schema: Schema) -> None:
        self._values = [comparable(name, schema) for name in fact.columns]
        self._draw = Draw(fact.rows, fact.of)
        self._hashes = Growing(np.uint64)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        self._hashes.extend(self._draw.of(row_hashes(batch.frame, self._values)))

    def result(self) -> int:
        hashes: Hashed = self._hashes.whole()
        hashes.sort()
        return repeats(hashes)


class Draw:
    """A simple random sample of `rows` of `total` rows that come batch by batch; the same for the same numbers."""

    def __init__(self, rows: int, total: int) -> None:
        self._wanted = min(rows, total)
        self._ahead = total
        self._random = np.random.default_rng(0)

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Those of the next rows' values that are drawn, in their order."""
        chosen = self.places(len(values))
        return values if chosen is None else values[chosen]

    def places(self, count: int) -> NDArray[np.int64] | None:
        """Which of the next rows are drawn; None for all of them."""
        if self._wanted >= self._ahead:
            return None
        here = int(self._random.hypergeometric(count, self._ahead - count, self._wanted))
        self._ahead -= count
        self._wanted -= here
        return np.sort(self._random.choice(count, here, replace=False))


_HELD = 50_000_000
"""Values that are kept in memory; beyond that a file holds them, and the system keeps of it what it has room for."""


class Growing:
    """An array that grows in place: the system moves large blocks without a second copy of them."""

    def __init__(self, dtype: type[np.generic], held: int = _HELD) -> None:
        self._values: NDArray[Any] = np.empty(1 << 16, dtype=dtype)
        self._length = 0
        self._held = held
        self._file: IO[bytes] | None = None

    def extend(self, values: NDArray[Any]) -> None:
        needed = self._length + len(values)
        if self._file is None and needed > self._held:
            self._file = tempfile.TemporaryFile(prefix="mlgate-")  # noqa: SIM115 - it lives as long as the array
            self._values[: self._length].tofile(self._file)
            self._values = np.empty(0, dtype=self._values.dtype)
        if self._file is not None:
            values.astype(self._values.dtype, copy=False).tofile(self._file)
        else:
            if needed > len(self._values):
                self._values.resize(max(needed, len(self._values) * 5 // 4), refcheck=False)
            self._values[self._length : needed] = values
        self._length = needed

    def whole(self) -> NDArray[Any]:
        """The values, which may be changed in place; nothing may be added any more."""
        if self._file is not None:
            self._file.flush()
            return np.memmap(self._file, dtype=self._values.dtype, mode="r+", shape=(self._length,))
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
    found = 0
    for start in range(0, len(hashes), _PIECE):
        piece = hashes[start : start + _PIECE + 1]
        found += int(np.count_nonzero(piece[1:] == piece[:-1]))
    return found


def shared(hashes: Hashed, others: Hashed) -> int:
    """How many of `hashes` are also among `others`; both are sorted."""
    if not len(others):
        return 0
    places = np.minimum(np.searchsorted(others, hashes), len(others) - 1)
    return int(np.count_nonzero(others[places] == hashes))
