"""Metrics that need the rows themselves: losses, errors, ranks among many classes.

Each is given the rows and one model's answers, and returns a `Point` whose influence has one number per row.
"""

from __future__ import annotations

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


def _mean(cut: Cut, values: Numbers) -> Point:
    value = cut.mean(values)
    return Point(value, values - value, len(values))


def log_losses(cut: Cut) -> Numbers:
    """-log of the probability given to what happened; clipped at the machine's epsilon."""
    scores = cut.answers.probabilities("log_loss")
    given = scores[np.arange(len(scores)), cut.label] if scores.ndim == 2 else np.where(cut.label, scores, 1 - scores)
    epsilon = np.finfo(np.float64).eps
    losses: Numbers = -np.log(np.clip(given, epsilon, 1 - epsilon))
    return losses


def squared_misses(cut: Cut) -> Numbers:
    """The squared difference between probability and what happened (Brier 1950)."""
    misses: Numbers = np.square(cut.answers.probabilities("brier") - cut.label)
    return misses


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


def rmse(cut: Cut) -> Point:
    """The root of the mean squared error, in the label's unit."""
    square = _mean(cut, np.square(_errors(cut)))
    root = float(np.sqrt(square.value))
    return Point(root, square.influence / (2 * root) if root > 0 else square.influence, square.support)


def r2(cut: Cut) -> Point:
    """1 - squared error over the label's own spread."""
    spread = np.square(cut.label - cut.mean(np.asarray(cut.label, dtype=float)))
    whole = cut.mean(spread)
    if whole <= 0:
        raise Undefined("r2 is not defined here: the label is the same in every row.")
    square = np.square(_errors(cut))
    left = cut.mean(square) / whole
    return Point(1 - left, (left * spread - square) / whole, len(square))


def relative_errors(cut: Cut) -> Numbers:
    """|error| / |label|. Refuses labels of 0, for which it has no value."""
    zeros = np.flatnonzero(np.asarray(cut.label) == 0)
    if len(zeros):
        raise CheckError(
            f"mape is not defined where the label is 0: {len(zeros):,} rows, "
            f"the first is row {zeros[0]:,} (rows count from 0).",
            hint="Measure mae, or leave those rows out of the table.",
        )
    relative: Numbers = np.abs(_errors(cut) / cut.label)
    return relative


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


def mean_of_losses(losses: Callable[[Cut], Numbers]) -> RowMetric:
    """The metric that is the mean of one number per row."""

    def metric(cut: Cut) -> Point:
        return _mean(cut, losses(cut))

    return metric


LOSSES: Mapping[str, Callable[[Cut], Numbers]] = MappingProxyType(
    {
        "log_loss": log_losses,
        "brier": squared_misses,
        "top_k": among_top_k,
        "mae": absolute_errors,
        "bias": _errors,
        "mape": relative_errors,
        "quantile_loss": pinball_losses,
        "coverage": covered,
    }
)
"""Metrics that are the mean of one number per row."""
ROW_METRICS: Mapping[str, RowMetric] = MappingProxyType(
    {
        **{name: mean_of_losses(losses) for name, losses in LOSSES.items()},
        "roc_auc_ovr": roc_auc_ovr,
        "rmse": rmse,
        "r2": r2,
    }
)
SHARES_PER_ROW = frozenset({"top_k", "coverage"})
