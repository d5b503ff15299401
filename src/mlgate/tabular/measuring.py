"""One metric of one model on some rows: which numbers it is made from, its value and its scatter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular import calibration
from mlgate.tabular.answers import Answers
from mlgate.tabular.binning import BinnedScores, bin_scores
from mlgate.tabular.classes import CLASSES, SHARES_OF_ROWS
from mlgate.tabular.columns import Task
from mlgate.tabular.confusion import DECISIONS, PLAIN_SHARES, CellMetric
from mlgate.tabular.metrics import Metric
from mlgate.tabular.points import Point
from mlgate.tabular.ranking import RANKINGS
from mlgate.tabular.row_metrics import LOSSES, ROW_METRICS, SHARES_PER_ROW, Cut, RowMetric
from mlgate.tabular.rows import Rows
from mlgate.tabular.scatter import Scatter, scatter_of, scatter_of_rows
from mlgate.tabular.smoothing import MOST_CLASSES, one_per_class, smoothed
from mlgate.tabular.tabulate import Axis, Cells, Numbers, tabulate, tally

_BY_ROW: Mapping[str, RowMetric] = {
    **ROW_METRICS,
    "ece": calibration.ece,
    "calibration_slope": calibration.slope,
    "calibration_intercept": calibration.intercept,
}
Index = NDArray[np.intp]
_POOLED = frozenset({"precision", "selection_rate"})


@dataclass(frozen=True, slots=True)
class Question:
    """A metric with the options that it is asked with; `threshold` is settled, `rate` has become one."""

    metric: Metric
    threshold: float = 0.5
    options: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Numbers] = field(default_factory=dict)

    def binomial(self, task: Task) -> bool:
        """Whether the metric is a plain share of rows."""
        shares = PLAIN_SHARES if task is Task.BINARY else SHARES_OF_ROWS
        return self.metric.name in shares or self.metric.name in SHARES_PER_ROW


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric on `rows` rows: its point, with one influence per row, and its scatter.

    `shift` leads to the middle of its interval, for metrics of decisions on few rows.
    """

    point: Point
    scatter: Scatter
    rows: int
    shift: float = 0.0


class Bench:
    """Measures one model's answers. What several metrics need (bins, decisions) is made once."""

    def __init__(self, rows: Rows, answers: Answers) -> None:
        self.rows = rows
        self.answers = answers
        self._bins: BinnedScores | None = None
        self._decisions: dict[float, NDArray[Any]] = {}
        self._losses: dict[object, Numbers] = {}

    def read(self, question: Question, index: Index | None = None, *, by_row: bool = False) -> Reading:
        """The metric on all rows, or on those of `index`; `by_row`: its influence has one number per row, for pairing.

        Raises `Undefined`, or `CheckError` for missing scores.
        """
        if index is None and not by_row and self.rows.sampling.shard is None:
            made = self.cells(question)
            if made is not None:
                axes = [Axis(self.rows.label, len(self.rows.classes)), made[1]]
                return self.from_cells(question, made[0], tally(axes, self.rows.sampling.weight, sharded=False))
        sampling = self.rows.sampling if index is None else self.rows.sampling.part(index)
        label = self.rows.label if index is None else self.rows.label[index]
        point = self._point(question, label, sampling.weight, index)
        scatter = scatter_of_rows(point.influence, *self.strata(question, label), sampling)
        reading = Reading(point, scatter, len(label))
        made = self.cells(question) if self.decides(question) else None
        if made is None:
            return reading
        codes = made[1].codes if index is None else made[1].codes[index]
        counts = tabulate([Axis(label, len(self.rows.classes)), Axis(codes, len(self.rows.classes))])
        return self._steadied(question, reading, made[0], counts)

    def strata(self, question: Question, label: NDArray[Any]) -> tuple[NDArray[Any], int]:
        """What a metric is sure about separately, and how many there are: the classes; for a mean of rows, nothing."""
        pooled = LOSSES.keys() | SHARES_OF_ROWS | _POOLED
        if self.rows.task is Task.REGRESSION or question.metric.name in pooled:
            return np.zeros(len(label), np.uint8), 1
        return label, len(self.rows.classes)

    def says_the_same_as(self, other: Bench) -> bool:
        """Whether both models gave every row the same number; labels alone hide the numbers that they come from."""
        ours, theirs = self.answers, other.answers
        pairs = ((ours.scores, theirs.scores), (ours.values, theirs.values))
        return any(one is not None and two is not None and np.array_equal(one, two) for one, two in pairs)

    def losses(self, question: Question) -> Numbers:
        """The numbers whose mean the metric is, one per row; made once for all slices."""
        asked = (question.metric.name, tuple(sorted(question.options.items())))
        if asked not in self._losses:
            self._losses = {asked: LOSSES[question.metric.name](self.cut(question))}
        return self._losses[asked]

    def from_cells(self, question: Question, metric: CellMetric, cells: Cells) -> Reading:
        """The metric of a tally's cells [label, code]. Raises `Undefined`."""
        point = metric(cells.weight)
        reading = Reading(point, scatter_of(cells, point.influence), cells.size)
        return self._steadied(question, reading, metric, cells.rows)

    def cells(self, question: Question) -> tuple[CellMetric, Axis] | None:
        """The function and the codes of a metric that is made from cells; None for one that needs the rows."""
        name = question.metric.name
        if self.rows.task is Task.MULTICLASS and name in CLASSES:
            return CLASSES[name], Axis(self.decisions(question.threshold), len(self.rows.classes))
        if self.rows.task is Task.BINARY and name in DECISIONS:
            return DECISIONS[name], Axis(self.decisions(question.threshold), 2)
        if self.rows.task is Task.BINARY and name in RANKINGS:
            binned = self.binned(name)
            return RANKINGS[name], Axis(binned.codes, 1 << binned.bits)
        return None

    def decisions(self, threshold: float) -> NDArray[Any]:
        """The class that is answered, as a code: scores from `threshold` on are positive; of many, the highest."""
        if threshold not in self._decisions:
            self._decisions[threshold] = _decided(self.answers, threshold)
        return self._decisions[threshold]

    def binned(self, name: str) -> BinnedScores:
        if self._bins is None:
            self._bins = bin_scores(self.answers.needed_scores(name), self.rows.label)
        return self._bins

    def cut(self, question: Question, index: Index | None = None) -> Cut:
        """The rows as a row metric takes them."""
        rows, answers = self.rows, self.answers
        if index is None:
            return Cut(rows.label, answers, rows.sampling.weight, question.options, len(rows.classes), question.columns)
        weight = None if rows.sampling.weight is None else rows.sampling.weight[index]
        columns = {name: values[index] for name, values in question.columns.items()}
        return Cut(rows.label[index], answers.part(index), weight, question.options, len(rows.classes), columns)

    def _steadied(self, question: Question, reading: Reading, metric: CellMetric, counts: Numbers) -> Reading:
        """A metric of decisions, kept from certainty however few rows there are of a class."""
        classes = len(self.rows.classes)
        if not self.decides(question) or question.binomial(self.rows.task) or classes > MOST_CLASSES:
            return reading
        smooth = smoothed(counts, metric, one_per_class(classes))
        return replace(reading, scatter=reading.scatter.at_least(smooth.variance), shift=smooth.shift)

    def decides(self, question: Question) -> bool:
        """Whether the metric is one of the classes that are answered."""
        return question.metric.name in (DECISIONS if self.rows.task is Task.BINARY else CLASSES)

    def _point(self, question: Question, label: NDArray[Any], weight: Numbers | None, index: Index | None) -> Point:
        made = self.cells(question)
        if made is None:
            return _BY_ROW[question.metric.name](self.cut(question, index))
        metric, axis = made
        codes = axis.codes if index is None else axis.codes[index]
        table = tabulate([Axis(label, max(len(self.rows.classes), 2)), Axis(codes, axis.size)], weight)
        point = metric(table)
        return Point(point.value, point.influence[label, codes], point.support)


def _decided(answers: Answers, threshold: float) -> NDArray[Any]:
    if answers.labels is not None:
        return answers.labels
    scores = answers.needed_scores("a decision")
    if scores.ndim == 1:
        return (scores >= threshold).astype(np.uint8)
    highest: NDArray[Any] = scores.argmax(axis=1).astype(np.uint8 if scores.shape[1] <= 256 else np.uint32)
    return highest
