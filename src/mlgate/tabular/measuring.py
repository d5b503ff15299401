"""One metric of one model on some rows: which numbers it is made from, its value and its scatter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular import calibration
from mlgate.tabular.answers import Answers
from mlgate.tabular.binning import BinnedScores, bin_scores, lost
from mlgate.tabular.classes import CLASSES, SHARES_OF_ROWS
from mlgate.tabular.columns import Task
from mlgate.tabular.confusion import DECISIONS, PLAIN_SHARES, CellMetric
from mlgate.tabular.metrics import Metric
from mlgate.tabular.partition import Slices, Split
from mlgate.tabular.points import Point
from mlgate.tabular.ranking import RANKINGS
from mlgate.tabular.row_metrics import LOSSES, ROW_METRICS, SHARES_PER_ROW, Cut, RowMetric
from mlgate.tabular.rows import Rows
from mlgate.tabular.scatter import AS_NORMAL, Scatter, scatter_of, scatter_of_rows
from mlgate.tabular.smoothing import MOST_CLASSES, one_per_class, smoothed
from mlgate.tabular.sums import Sums
from mlgate.tabular.tabulate import Axis, Cells, Numbers, tally
from mlgate.tabular.tallies import Tallies

_BY_ROW: Mapping[str, RowMetric] = {
    **ROW_METRICS,
    "ece": calibration.ece,
    "calibration_slope": calibration.slope,
    "calibration_intercept": calibration.intercept,
}
Index = NDArray[np.intp]
_POOLED = LOSSES.keys() | SHARES_OF_ROWS | {"precision", "selection_rate"}
"""Means of rows, which are not surer within a class."""
_MOST_LOST = 1e-4
"""What bins may lose of an AUC at most."""


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


Tally = Cells | Sums


class Bench:
    """Measures one model's answers."""

    def __init__(self, rows: Rows, answers: Answers, slices: Slices) -> None:
        self.rows = rows
        self.answers = answers
        self._tallies = Tallies(rows, answers, slices)
        cells: dict[Task, Mapping[str, CellMetric]] = {Task.BINARY: DECISIONS, Task.MULTICLASS: CLASSES}
        self._of_decisions: Mapping[str, CellMetric] = cells.get(rows.task, {})
        self._of_ranks: Mapping[str, CellMetric] = RANKINGS if rows.task is Task.BINARY else {}

    def read(self, question: Question, index: Index | None = None, *, by_row: bool = False) -> Reading:
        """The metric on all rows, or on those of `index`; `by_row`: its influence has one number per row, for pairing.

        Raises `Undefined`, or `CheckError` for missing scores.
        """
        tally = self.tally(question) if index is None and not by_row else None
        if tally is not None and not hides_tails(tally):
            return self.reading(question, tally)
        cut = self.cut(question, index)
        sampling = self.rows.sampling if index is None else self.rows.sampling.part(index)
        point, counts = self._point(question, cut, index)
        scatter = scatter_of_rows(point.influence, *self.strata(question, cut.label), sampling)
        return self._steadied(question, Reading(point, scatter, len(cut.label)), counts)

    def strata(self, question: Question, label: NDArray[Any]) -> tuple[NDArray[Any], int]:
        """What a metric is sure about separately, and how many there are: the classes; for a mean of rows, nothing."""
        if self.rows.task is Task.REGRESSION or question.metric.name in _POOLED:
            return np.zeros(len(label), np.uint8), 1
        return label, len(self.rows.classes)

    def says_the_same_as(self, other: Bench) -> bool:
        """Whether both models gave every row the same number; labels alone hide the numbers that they come from."""
        ours, theirs = self.answers, other.answers
        pairs = ((ours.scores, theirs.scores), (ours.values, theirs.values))
        return any(one is not None and two is not None and np.array_equal(one, two) for one, two in pairs)

    def tally(self, question: Question, split: Split | None = None) -> Tally | None:
        """What the metric is made from, on all rows or by slice; None for a metric that needs the rows."""
        name = question.metric.name
        if name in LOSSES:
            asked = (name, *sorted(question.options.items()))
            return self._tallies.sums(asked, LOSSES[name], self.cut(question), split)
        if name in self._of_decisions:
            return self._tallies.by_decision(question.threshold, split)
        if name in self._of_ranks and self.rows.sampling.shard is None:
            return self._tallies.by_bin(name, split)
        return None

    def reading(self, question: Question, tally: Tally) -> Reading:
        """The metric of a tally without slices. Raises `Undefined`."""
        name = question.metric.name
        if isinstance(tally, Sums):
            value, scatter = tally.estimate(LOSSES[name].finish)
            return Reading(Point(value, np.zeros(0), tally.size), scatter, tally.size)
        merged = tally.each(lambda cells: cells.sum(axis=0)) if tally.sharded else tally
        point = self._cell_metric(name)(merged.weight)
        scatter = scatter_of(tally, point.influence, pooled=name in _POOLED)
        return self._steadied(question, Reading(point, scatter, tally.size), merged.rows)

    def is_coarse(self, question: Question, tally: Tally) -> bool:
        """Whether the bins of a slice's ranking may lose more than they should: its rows need bins of their own."""
        name = question.metric.name
        if name not in self._of_ranks or not isinstance(tally, Cells):
            return False
        binned = self._tallies.binned(name)
        exact = binned.error == 0 and tally.weight.shape[-1] == 1 << binned.bits
        return not exact and lost(tally.weight) > _MOST_LOST

    def tally_without(self, question: Question, index: Index) -> Tally:
        """The tally of a ranking on all rows but those of `index`, in the bins of all rows."""
        binned, weight = self._tallies.binned(question.metric.name), self.rows.sampling.weight
        axes = [Axis(self.rows.label[index], 2), Axis(binned.codes[index], 1 << binned.bits)]
        part = tally(axes, None if weight is None else weight[index], sharded=False)
        return self._tallies.by_bin(question.metric.name, None).without(part)

    def binned(self, name: str) -> BinnedScores:
        """The scores of two classes in bins, for the metric `name`."""
        return self._tallies.binned(name)

    def ranked(self, name: str) -> Numbers:
        """The rows of two classes, as much as they weigh, by class and bin of the score: shape (2, bins)."""
        binned, weight = self.binned(name), self.rows.sampling.weight
        if weight is None:
            return binned.counts
        axes = [Axis(self.rows.label, 2), Axis(binned.codes, 1 << binned.bits)]
        return tally(axes, weight, sharded=False).weight

    def of_decisions(self, question: Question) -> CellMetric | None:
        """The metric as a function of the cells [label, decision]; None for one that is not made from decisions."""
        return self._of_decisions.get(question.metric.name)

    def decisions(self, threshold: float) -> NDArray[Any]:
        """The class that is answered, as a code: scores from `threshold` on are positive; of many, the highest."""
        return self._tallies.decisions(threshold)

    def cut(self, question: Question, index: Index | None = None) -> Cut:
        """The rows as a row metric takes them."""
        rows = self.rows
        cut = Cut(rows.label, self.answers, rows.sampling.weight, question.options, len(rows.classes), question.columns)
        return cut if index is None else cut.part(index)

    def _cell_metric(self, name: str) -> CellMetric:
        return self._of_decisions[name] if name in self._of_decisions else self._of_ranks[name]

    def _point(self, question: Question, cut: Cut, index: Index | None) -> tuple[Point, Numbers]:
        """The metric with its influence per row, and the rows by label and decision (none for one of no cells)."""
        name = question.metric.name
        if name in self._of_ranks:
            scores = self.answers.needed_scores(name)
            binned = self.binned(name) if index is None else bin_scores(scores[index], cut.label)
            codes, size = binned.codes, 1 << binned.bits
        elif name in self._of_decisions:
            codes, size = self.decisions(question.threshold), len(self.rows.classes)
            codes = codes if index is None else codes[index]
        else:
            return _BY_ROW[name](cut), np.zeros(0)
        axes = [Axis(cut.label, len(self.rows.classes)), Axis(codes, size)]
        cells = tally(axes, cut.weight, sharded=False)
        point = self._cell_metric(name)(cells.weight)
        return Point(point.value, point.influence[cut.label, codes], point.support), cells.rows

    def _steadied(self, question: Question, reading: Reading, counts: Numbers) -> Reading:
        """A metric of decisions, kept from certainty however few rows there are of a class; `counts` are its cells."""
        metric, classes = self.of_decisions(question), len(self.rows.classes)
        if metric is None or question.binomial(self.rows.task) or classes > MOST_CLASSES:
            return reading
        smooth = smoothed(counts, metric, one_per_class(classes))
        return replace(reading, scatter=reading.scatter.at_least(smooth.variance), shift=smooth.shift)


def hides_tails(tally: Tally) -> bool:
    """Whether it sums losses of few rows, whose tails widen the interval: rows show them, and so do sums of shards."""
    return isinstance(tally, Sums) and not tally.mass.sharded and tally.size <= AS_NORMAL
