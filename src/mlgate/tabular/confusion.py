"""Metrics of decisions on two classes, from the four cells [label, predicted]."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from mlgate.tabular.points import Point, Undefined, mean_of, ratio
from mlgate.tabular.tabulate import Numbers

CellMetric = Callable[[Numbers], Point]


def _cells(tn: int, fp: int, fn: int, tp: int) -> Numbers:
    return np.array([[tn, fp], [fn, tp]], dtype=float)


def _share(name: str, above: Numbers, below: Numbers, missing: str) -> CellMetric:
    def metric(counts: Numbers) -> Point:
        return ratio(counts, above, below, f"{name} is not defined here: {missing}.")

    return metric


_NO_POSITIVES = "no row is positive"
_NO_NEGATIVES = "no row is negative"
recall = _share("recall", _cells(0, 0, 0, 1), _cells(0, 0, 1, 1), _NO_POSITIVES)
specificity = _share("specificity", _cells(1, 0, 0, 0), _cells(1, 1, 0, 0), _NO_NEGATIVES)


def balanced_accuracy(counts: Numbers) -> Point:
    """The mean of recall and specificity."""
    return mean_of([recall(counts), specificity(counts)])


def mcc(counts: Numbers) -> Point:
    """Matthews' correlation (Biochim. Biophys. Acta 405, 1975, 442-451); 0 where only one class is predicted."""
    (tn, fp), (fn, tp) = counts.tolist()
    sides = [tp + fp, tp + fn, tn + fp, tn + fn]
    if sides[1] == 0 or sides[3] == 0:
        raise Undefined("mcc is not defined here: only one class has rows.")
    if sides[0] == 0 or sides[2] == 0:
        return Point(0.0, np.zeros((2, 2)), min(sides[1], sides[3]))
    below = math.sqrt(math.prod(sides))
    value = (tp * tn - fp * fn) / below
    half = [value / (2 * side) for side in sides]
    slope = [
        [tp / below - half[2] - half[3], -fn / below - half[0] - half[2]],
        [-fp / below - half[1] - half[3], tn / below - half[0] - half[1]],
    ]
    return Point(value, np.array(slope) * float(counts.sum()), min(sides[1], sides[3]))


DECISIONS: Mapping[str, CellMetric] = MappingProxyType(
    {
        "accuracy": _share("accuracy", _cells(1, 0, 0, 1), _cells(1, 1, 1, 1), "there are no rows"),
        "balanced_accuracy": balanced_accuracy,
        "precision": _share("precision", _cells(0, 0, 0, 1), _cells(0, 1, 0, 1), "no row is predicted positive"),
        "recall": recall,
        "specificity": specificity,
        "false_positive_rate": _share("false_positive_rate", _cells(0, 1, 0, 0), _cells(1, 1, 0, 0), _NO_NEGATIVES),
        "false_negative_rate": _share("false_negative_rate", _cells(0, 0, 1, 0), _cells(0, 0, 1, 1), _NO_POSITIVES),
        "selection_rate": _share("selection_rate", _cells(0, 1, 0, 1), _cells(1, 1, 1, 1), "there are no rows"),
        "f1": _share("f1", _cells(0, 0, 0, 2), _cells(0, 1, 1, 2), "no row is positive or predicted positive"),
        "mcc": mcc,
    }
)
PLAIN_SHARES = frozenset(DECISIONS) - {"balanced_accuracy", "f1", "mcc"}
"""Those that are a share of rows: of independent rows of equal weight they are binomial."""
