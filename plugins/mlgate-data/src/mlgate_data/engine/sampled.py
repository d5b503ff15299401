"""Some rows of a table, drawn at random with a seed, as they are."""

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


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows' numbers in the table, from 0 and rising, and their values."""

    rows: NDArray[np.int64]
    frame: pl.DataFrame


@dataclass(frozen=True)
class Sampled:
    """`most` of the `of` rows that the table has, without replacement; all where there are not more."""

    columns: tuple[str, ...]
    of: int
    most: int

    def collector(self, schema: Schema) -> _Sampled:
        return _Sampled(self)


class _Sampled(Collecting):
    def __init__(self, fact: Sampled) -> None:
        self._columns = fact.columns
        self._rows = drawn(fact.of, fact.most)
        self._parts: list[pl.DataFrame] = []

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        first, last = np.searchsorted(self._rows, (batch.start, batch.start + batch.height))
        if not self._parts or last > first:
            chosen = self._rows[first:last] - batch.start
            self._parts.append(batch.frame[chosen].select(column(name) for name in self._columns))

    def result(self) -> Sample:
        import polars as pl

        return Sample(self._rows, pl.concat(self._parts))


def drawn(of: int, most: int) -> NDArray[np.int64]:
    """The numbers of at most `most` rows of `of`, rising, the same ones every time."""
    if of <= most:
        return np.arange(of)
    return np.sort(np.random.default_rng(0).choice(of, most, replace=False, shuffle=False))
