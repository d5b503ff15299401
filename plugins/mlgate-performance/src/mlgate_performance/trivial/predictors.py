"""The predictors themselves: always the same answer, and one split."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular import Predictions, Table, Task
from mlgate_performance.trivial.lesson import Lesson, Rows, prepare

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

LEAST_LEAF = 5


@dataclass(frozen=True, slots=True)
class Trivial:
    """A predictor that knows next to nothing, and its answers for the test rows."""

    name: str
    predictions: Predictions


def trivial_predictors(scored: ScoredTable, train: Table | None, only: tuple[str, ...]) -> tuple[Trivial, ...]:
    """The constants of the task and, where there is a column to split on, one split.

    They learn from `train`; without one, from other rows of the test table than those they answer.
    """
    lesson = prepare(scored, train, only)
    constants = _constant_numbers(lesson) if lesson.task is Task.REGRESSION else (_shares(lesson),)
    return constants if not lesson.learn.names else (*constants, _one_split(lesson))


def _shares(lesson: Lesson) -> Trivial:
    """Every class at its share, learned from all rows: one number per class, which no row can bend."""
    known = lesson.labels >= 0
    weights = lesson.weights[known] if lesson.weights is not None else None
    counts = np.bincount(lesson.labels[known].astype(int), weights, minlength=len(lesson.classes))
    scores = np.tile(counts / counts.sum(), (len(lesson.answer.rows), 1))
    return Trivial("always the share of each class", Predictions.scores(scores, lesson.classes))


def _constant_numbers(lesson: Lesson) -> tuple[Trivial, ...]:
    rows = len(lesson.answer.rows)
    mean = float(np.average(lesson.labels, weights=lesson.weights))
    median = float(np.median(lesson.labels))
    return (
        Trivial("always the mean", Predictions.numbers(np.full(rows, mean))),
        Trivial("always the median", Predictions.numbers(np.full(rows, median))),
    )


def _one_split(lesson: Lesson) -> Trivial:
    width = 1 if lesson.task is Task.REGRESSION else len(lesson.classes)
    answers = np.zeros((len(lesson.answer.rows), width))
    chosen: Counter[str] = Counter()
    for learn, answer in lesson.turns():
        column, answers[answer] = _split(lesson, learn, answer)
        chosen[column] += len(answer)
    name = f"one split on {chosen.most_common(1)[0][0]}"
    if lesson.task is Task.REGRESSION:
        return Trivial(name, Predictions.numbers(answers[:, 0]))
    return Trivial(name, Predictions.scores(answers, lesson.classes))


def _split(lesson: Lesson, learn: Rows, answer: Rows) -> tuple[str, NDArray[np.float64]]:
    """The column that a tree of depth one chooses, and what it answers."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    kind = DecisionTreeRegressor if lesson.task is Task.REGRESSION else DecisionTreeClassifier
    learn = learn[lesson.labels[learn] >= 0] if lesson.task is not Task.REGRESSION else learn
    labels, weights = lesson.labels[learn], None if lesson.weights is None else lesson.weights[learn]
    seen, asked = _ordered(lesson, learn, answer)
    tree = kind(max_depth=1, min_samples_leaf=min(LEAST_LEAF, max(1, len(learn) // 2)), random_state=0)
    tree.fit(seen, labels, sample_weight=weights)
    place = int(tree.tree_.feature[0])
    column = lesson.learn.names[place] if place >= 0 else "nothing"
    if lesson.task is Task.REGRESSION:
        return column, tree.predict(asked)[:, None]
    scores = np.zeros((len(answer), len(lesson.classes)))
    scores[:, tree.classes_.astype(int)] = tree.predict_proba(asked)
    return column, scores


def _ordered(lesson: Lesson, learn: Rows, answer: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Texts in the order of their mean label, in which the best split into two groups is one threshold.

    Breiman et al. 1984, Classification and Regression Trees, theorem 4.5; with many classes the mean is that of the
    most frequent class, which need not find the best one.
    """
    seen, asked = lesson.learn.rows[learn], lesson.answer.rows[answer]
    goal = lesson.labels[learn]
    if lesson.task is not Task.REGRESSION:
        goal = (goal == np.bincount(goal.astype(int)).argmax()).astype(np.float64)
    for place in lesson.learn.named:
        codes = seen[:, place].astype(int)
        size = int(max(codes.max(), asked[:, place].max(initial=0))) + 1
        rows, sums = np.bincount(codes, minlength=size), np.bincount(codes, goal, minlength=size)
        means = np.where(rows > 0, sums / np.maximum(rows, 1), goal.mean())
        seen[:, place], asked[:, place] = means[codes], means[asked[:, place].astype(int)]
    return seen, asked
