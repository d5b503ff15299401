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
    seed: int = 0

    def collector(self, schema: Schema) -> _Sampled:
        return _Sampled(self)


class _Sampled(Collecting):
    def __init__(self, fact: Sampled) -> None:
        self._columns = fact.columns
        self._rows = np.arange(fact.of)
        if fact.of > fact.most:
            draw = np.random.default_rng(fact.seed)
            self._rows = np.sort(draw.choice(fact.of, fact.most, replace=False))
        self._parts: list[pl.DataFrame] = []

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        first, last = np.searchsorted(self._rows, (batch.start, batch.start + batch.height))
        chosen = self._rows[first:last] - batch.start
        self._parts.append(batch.frame.select(column(name) for name in self._columns)[chosen])

    def result(self) -> Sample:
        import polars as pl

        return Sample(self._rows, pl.concat(self._parts))
