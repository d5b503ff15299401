"""One split on one column: what a decision tree of depth one chooses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlgate.tabular import Predictions, Table, Task
from mlgate_performance.trivial.features import Coding, code
from mlgate_performance.trivial.lesson import Lesson, Rows, prepare

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

LEAST_LEAF = 5


@dataclass(frozen=True, slots=True)
class Split:
    """Rows up to `threshold` get the first answer, rows above it the second; `missing` says where those go."""

    coding: Coding
    threshold: float
    missing: int
    answers: NDArray[np.float64]

    def answer(self, values: pl.Series) -> NDArray[np.float64]:
        """One answer per row: a share per class, or a number."""
        numbers = self.coding.numbers(values).astype(np.float32)  # as the tree has seen them
        side = np.where(np.isnan(numbers), self.missing, numbers > self.threshold)
        return self.answers[side.astype(np.intp)]


def one_split(scored: ScoredTable, train: Table | None, only: tuple[str, ...]) -> tuple[str, Predictions] | None:
    """The split's name and answers, None where there is no column that splits."""
    lesson = prepare(scored, train, only)
    if not lesson.features.columns:
        return None
    width = 1 if scored.task is Task.REGRESSION else len(scored.classes)
    answers = np.zeros((lesson.answered, width))
    chosen: Counter[str] = Counter()
    for learn, answered in lesson.turns():
        split = _learn(lesson, learn, scored.task, width)
        if split is None:
            return None
        answers[answered] = split.answer(_column(scored.table, split.coding.name)[answered])
        chosen[split.coding.name] += len(answered)
    name = f"one split on {chosen.most_common(1)[0][0]}"
    if scored.task is Task.REGRESSION:
        return name, Predictions.numbers(answers[:, 0])
    return name, Predictions.scores(answers, scored.classes)


def _column(table: Table, name: str) -> pl.Series:
    return table.collect([name])[name]


def _learn(lesson: Lesson, learn: Rows, task: Task, width: int) -> Split | None:
    """A tree of depth one on all columns chooses the one and its threshold."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    rows, labels = lesson.features[learn], lesson.labels[learn]
    codings = [found for column in rows if (found := code(column, _goal(labels, task))) is not None]
    if not codings or len(learn) < 2:
        return None
    kind = DecisionTreeRegressor if task is Task.REGRESSION else DecisionTreeClassifier
    tree = kind(max_depth=1, min_samples_leaf=min(LEAST_LEAF, len(learn) // 2), random_state=0)
    matrix = np.column_stack([coding.numbers(rows[coding.name]) for coding in codings])
    tree.fit(matrix, labels, sample_weight=None if lesson.weights is None else lesson.weights[learn])
    return _read(tree, codings, task, width)


def _read(tree: Any, codings: list[Coding], task: Task, width: int) -> Split | None:
    nodes = tree.tree_
    if nodes.node_count < 3:
        return None
    leaves = [nodes.children_left[0], nodes.children_right[0]]
    answers = np.zeros((2, width))
    if task is Task.REGRESSION:
        answers[:, 0] = nodes.value[leaves, 0, 0]
    else:
        shares = nodes.value[leaves, 0, :]
        answers[:, tree.classes_.astype(int)] = shares / shares.sum(axis=1, keepdims=True)
    missing = 0 if nodes.missing_go_to_left[0] else 1
    return Split(codings[int(nodes.feature[0])], float(nodes.threshold[0]), missing, answers)


def _goal(labels: NDArray[np.float64], task: Task) -> NDArray[np.float64]:
    """What texts are ordered by: the label, or being of the most frequent class, which for many classes need not find
    the best split."""
    if task is Task.REGRESSION:
        return labels
    most = np.bincount(labels.astype(int)).argmax()
    return np.where(labels == most, 1.0, 0.0)
