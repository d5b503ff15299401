"""Metrics that need the rows themselves: losses, errors, ranks among many classes.

Each is given the rows and one model's answers, and returns a `Point` whose influence has one number per row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import CheckError
from mlgate.tabular.answers import Answers
from mlgate.tabular.binning import bin_scores
from mlgate.tabular.points import Point, Undefined, mean_of
from mlgate.tabular.ranking import roc_auc
from mlgate.tabular.tabulate import Axis, Numbers, tabulate


@dataclass(frozen=True, slots=True)
class Cut:
    """Some of the rows: labels, one model's answers, weights (None: equal), and columns that a metric asks for."""

    label: NDArray[Any]
    answers: Answers
    weight: Numbers | None
    options: Mapping[str, Any]
    classes: int = 0
    columns: Mapping[str, Numbers] = field(default_factory=dict)

    def part(self, index: NDArray[np.intp] | slice) -> Cut:
        """Some of these rows."""
        weight = None if self.weight is None else self.weight[index]
        columns = {name: values[index] for name, values in self.columns.items()}
        return Cut(self.label[index], self.answers.part(index), weight, self.options, self.classes, columns)

    def mean(self, values: Numbers) -> float:
        if len(values) == 0:
            raise Undefined("nothing can be measured here: there are no rows.")
        if self.weight is None:
            return float(values.mean())
        total = float(self.weight.sum())
        if total <= 0:
            raise Undefined("nothing can be measured here: every row's weight is 0.")
        return float((self.weight * values).sum()) / total


RowMetric = Callable[[Cut], Point]


def log_losses(cut: Cut) -> Numbers:
    """-log of the probability given to what happened; clipped at the machine's epsilon."""
    scores = cut.answers.needed_scores("log_loss")
    if scores.ndim == 2:
        given: Numbers = scores[np.arange(len(scores)), cut.label]
    else:
        given = np.abs(scores - (1 - cut.label))  # the score where the label is 1, else 1 - score
    epsilon = np.finfo(np.float64).eps
    losses: Numbers = np.clip(given, epsilon, 1 - epsilon, out=given)
    np.log(losses, out=losses)
    return np.negative(losses, out=losses)


def squared_misses(cut: Cut) -> Numbers:
    """The squared difference between probability and what happened (Brier 1950)."""
    misses: Numbers = cut.answers.needed_scores("brier") - cut.label
    return np.square(misses, out=misses)


def among_top_k(cut: Cut) -> Numbers:
    """Whether a row's class is among the k with the highest scores; ties go to the later class."""
    scores, k = cut.answers.needed_scores("top_k"), int(cut.options.get("k", 2))
    own = scores[np.arange(len(scores)), cut.label][:, None]
    later = np.arange(scores.shape[1])[None, :] > np.asarray(cut.label)[:, None]
    rank = ((scores > own) | ((scores == own) & later)).sum(axis=1)
    among: Numbers = (rank < k).astype(float)
    return among


def roc_auc_ovr(cut: Cut) -> Point:
    """The mean over classes of the AUC of that class against all others. Every class needs rows."""
    scores = cut.answers.needed_scores("roc_auc_ovr")
    points = []
    for place in range(cut.classes):
        label = (np.asarray(cut.label) == place).astype(np.uint8)
        if not label.any():
            raise Undefined("roc_auc_ovr is not defined here: a class has no rows.")
        binned = bin_scores(scores[:, place], label)
        cells = tabulate([Axis(label, 2), Axis(binned.codes, 1 << binned.bits)], cut.weight)
        point = roc_auc(cells)
        points.append(Point(point.value, point.influence[label, binned.codes], point.support))
    return mean_of(points)


def _errors(cut: Cut) -> Numbers:
    assert cut.answers.values is not None
    errors: Numbers = cut.answers.values - cut.label
    return errors


def absolute_errors(cut: Cut) -> Numbers:
    """The absolute error, in the label's unit."""
    return np.abs(_errors(cut))


def r2(cut: Cut) -> Point:
    """1 - squared error over the label's own spread."""
    spread = np.square(cut.label - cut.mean(np.asarray(cut.label, dtype=float)))
    whole = cut.mean(spread)
    if whole <= 0:
        raise Undefined("r2 is not defined here: the label is the same in every row.")
    square = np.square(_errors(cut))
    left = cut.mean(square) / whole
    return Point(1 - left, (left * spread - square) / whole, len(square))


def squared_errors(cut: Cut) -> Numbers:
    """The squared error."""
    return np.square(_errors(cut))


def relative_errors(cut: Cut) -> Numbers:
    """|error| / |label|."""
    relative: Numbers = np.abs(_errors(cut) / cut.label)
    return relative


def _refuse_labels_of_0(cut: Cut) -> None:
    zeros = np.flatnonzero(np.asarray(cut.label) == 0)
    if len(zeros):
        raise CheckError(
            f"mape is not defined where the label is 0: {len(zeros):,} rows, "
            f"the first is row {zeros[0]:,} (rows count from 0).",
            hint="Measure mae, or leave those rows out of the table.",
        )


def pinball_losses(cut: Cut) -> Numbers:
    """The pinball loss of a prediction that is meant as the quantile `quantile` (Koenker & Bassett 1978)."""
    share = float(cut.options.get("quantile", 0.5))
    short = -_errors(cut)
    losses: Numbers = np.maximum(share * short, (share - 1) * short)
    return losses


def covered(cut: Cut) -> Numbers:
    """Whether a label is within the interval that the columns `low` and `high` of the table give."""
    low, high = cut.columns["low"], cut.columns["high"]
    within: Numbers = ((cut.label >= low) & (cut.label <= high)).astype(float)
    return within


def _same(mean: float) -> tuple[float, float]:
    return mean, 1.0


def _root(mean: float) -> tuple[float, float]:
    root = math.sqrt(mean)
    return root, 1 / (2 * root) if root > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Loss:
    """A metric that is the mean of one number per row, or a function of that mean.

    `of` looks at each row by itself; `refuse` looks at all of them first and raises `CheckError` where the metric has
    no value; `finish` gives the metric and its slope at a mean.
    """

    of: Callable[[Cut], Numbers]
    refuse: Callable[[Cut], object] = lambda cut: None
    finish: Callable[[float], tuple[float, float]] = _same

    def point(self, cut: Cut) -> Point:
        """The metric, with an influence per row."""
        self.refuse(cut)
        losses = self.of(cut)
        mean = cut.mean(losses)
        value, slope = self.finish(mean)
        return Point(value, slope * (losses - mean), len(losses))


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "log_loss": Loss(log_losses, lambda cut: cut.answers.probabilities("log_loss")),
        "brier": Loss(squared_misses, lambda cut: cut.answers.probabilities("brier")),
        "top_k": Loss(among_top_k),
        "mae": Loss(absolute_errors),
        "rmse": Loss(squared_errors, finish=_root),
        "bias": Loss(_errors),
        "mape": Loss(relative_errors, _refuse_labels_of_0),
        "quantile_loss": Loss(pinball_losses),
        "coverage": Loss(covered),
    }
)
"""Metrics of the mean of one number per row."""
ROW_METRICS: Mapping[str, RowMetric] = MappingProxyType(
    {**{name: loss.point for name, loss in LOSSES.items()}, "roc_auc_ovr": roc_auc_ovr, "r2": r2}
)
SHARES_PER_ROW = frozenset({"top_k", "coverage"})
