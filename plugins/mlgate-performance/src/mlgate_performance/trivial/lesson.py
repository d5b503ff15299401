"""What a split learns from, and which rows it then answers: never those it learned from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlgate.tabular import Columns, Table, Task
from mlgate_performance.folds import folds
from mlgate_performance.trivial.features import usable

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

FEW_ROWS = 5_000
"""A split is learned from at most so many rows; more would hardly move it."""
FOLDS_OF_FEW, FOLDS_OF_MANY = 5, 2

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A sample of rows to learn from: features, labels (codes of classes, or numbers; unknown as NaN) and weights.

    Where they are test rows, `folds` holds one number per test row and `sampled` says which rows the sample is; rows
    of a fold are answered by what was learned from the others.
    """

    features: pl.DataFrame
    labels: NDArray[np.float64]
    weights: NDArray[np.float64] | None
    sampled: Rows
    answered: int
    folds: NDArray[np.intp] | None

    def turns(self) -> Iterator[tuple[Rows, Rows]]:
        """Places in the sample to learn from, and the test rows that are answered by it; every test row comes once."""
        known = np.isfinite(self.labels) if self.weights is None else np.isfinite(self.labels) & (self.weights > 0)
        if self.folds is None:
            yield np.flatnonzero(known), np.arange(self.answered)
            return
        for fold in range(int(self.folds.max()) + 1):
            yield np.flatnonzero(known & (self.folds[self.sampled] != fold)), np.flatnonzero(self.folds == fold)


def prepare(scored: ScoredTable, train: Table | None, only: tuple[str, ...]) -> Lesson:
    """The lesson from the training table, or by cross-fitting from the test table itself."""
    test, columns = scored.table, scored.columns
    source = test if train is None else train
    names = usable((test,) if train is None else (test, train), columns, only)
    shared = _folds_of(test, columns) if train is None else None
    share = 1.0 if shared is None else 1 - 1 / (shared.max() + 1)
    sampled = _few(source.rows, round(FEW_ROWS / share))
    wanted = [name for name in (*names, columns.label, columns.weight) if name is not None and name in source.schema]
    frame = _take(source, wanted, sampled)
    return Lesson(
        features=frame.select(names),
        labels=_labels(frame, scored),
        weights=frame[columns.weight].cast(float).to_numpy() if columns.weight in frame.columns else None,
        sampled=sampled,
        answered=test.rows,
        folds=shared,
    )


def _few(rows: int, most: int) -> Rows:
    """At most so many of the rows, the same ones every time."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _take(table: Table, names: Sequence[str], rows: Rows) -> pl.DataFrame:
    """The named columns of these rows, read in batches so that the others are never held."""
    if len(rows) == table.rows:
        return table.collect(names)
    parts, start = [], 0
    for batch in table.batches(names):
        here = rows[np.searchsorted(rows, start) : np.searchsorted(rows, start + batch.num_rows)]
        frame = pl.from_arrow(batch.take(here - start))
        assert isinstance(frame, pl.DataFrame)
        parts.append(frame)
        start += batch.num_rows
    return pl.concat(parts)


def _labels(frame: pl.DataFrame, scored: ScoredTable) -> NDArray[np.float64]:
    labels = frame[scored.columns.label or ""]
    if scored.task is Task.REGRESSION:
        return labels.cast(float).to_numpy()
    codes = {value: code for code, value in enumerate(scored.classes)}
    return np.array([codes.get(value, np.nan) for value in labels.to_list()], dtype=np.float64)


def _folds_of(table: Table, columns: Columns) -> NDArray[np.intp]:
    return folds(table, columns, FOLDS_OF_FEW if table.rows <= FEW_ROWS else FOLDS_OF_MANY)
