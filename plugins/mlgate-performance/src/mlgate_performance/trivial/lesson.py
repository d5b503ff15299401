"""What a trivial predictor learns from, and which rows it then answers: never those it learned from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular import Columns, Table, Task
from mlgate_performance.trivial import features
from mlgate_performance.trivial.features import Features

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

FEW_ROWS = 20_000
"""A split is learned from at most so many rows; more would hardly move it."""
FOLDS_OF_FEW, FOLDS_OF_MANY = 5, 2

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Lesson:
    """`learn` are the rows to learn from with their labels, `answer` the test rows.

    Labels are codes of `classes`, or numbers in a regression. Where both are the test table, `folds` holds one number
    per row, and the rows of a fold are answered by what was learned from the others.
    """

    task: Task
    classes: tuple[object, ...]
    learn: Features
    labels: NDArray[np.float64]
    weights: NDArray[np.float64] | None
    answer: Features
    folds: NDArray[np.intp] | None

    def turns(self) -> Iterator[tuple[Rows, Rows]]:
        """Rows to learn from, and the rows that are answered by it; all test rows come once."""
        if self.folds is None:
            yield few(np.arange(len(self.labels))), np.arange(len(self.answer.rows))
            return
        for fold in range(int(self.folds.max()) + 1):
            yield few(np.flatnonzero(self.folds != fold)), np.flatnonzero(self.folds == fold)


def prepare(scored: ScoredTable, train: Table | None, only: tuple[str, ...]) -> Lesson:
    """The lesson from the training table, or by cross-fitting from the test table itself."""
    test, columns = scored.table, scored.columns
    if train is None:
        (both,) = features.read((test,), columns, only)
        labels, weights = _labels(test, scored), _weights(test, columns)
        return Lesson(scored.task, scored.classes, both, labels, weights, both, _folds(test, columns))
    answer, learn = features.read((test, train), columns, only)
    labels, weights = _labels(train, scored), _weights(train, columns)
    return Lesson(scored.task, scored.classes, learn, labels, weights, answer, None)


def few(rows: Rows) -> Rows:
    """At most `FEW_ROWS` of them, the same ones every time."""
    if len(rows) <= FEW_ROWS:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, FEW_ROWS, replace=False))


def _labels(table: Table, scored: ScoredTable) -> NDArray[np.float64]:
    """Raises `DataError` where the table has no such label column."""
    name = scored.columns.label or ""
    labels = table.collect([name])[name]
    if scored.task is Task.REGRESSION:
        return labels.cast(float).to_numpy()
    codes = {value: code for code, value in enumerate(scored.classes)}
    return np.array([codes.get(value, -1) for value in labels.to_list()], dtype=np.float64)


def _weights(table: Table, columns: Columns) -> NDArray[np.float64] | None:
    if columns.weight is None or columns.weight not in table.schema:
        return None
    return table.collect([columns.weight])[columns.weight].cast(float).to_numpy()


def _folds(table: Table, columns: Columns) -> NDArray[np.intp]:
    """A fold per row, at random by a fixed seed; rows of one entity share it."""
    count = FOLDS_OF_FEW if table.rows <= FEW_ROWS else FOLDS_OF_MANY
    entity = np.arange(table.rows)
    if columns.entity is not None:
        entity = table.collect([columns.entity])[columns.entity].rank("dense").to_numpy().astype(np.intp) - 1
    fold_of = np.random.default_rng(0).permutation(int(entity.max()) + 1) % count
    return fold_of[entity].astype(np.intp)
