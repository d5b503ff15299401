"""Metrics of decisions on many classes, from the cells [label, predicted]; averages are scikit-learn's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from mlgate.tabular.confusion import CellMetric
from mlgate.tabular.points import Point, Undefined, mean_of, ratio
from mlgate.tabular.tabulate import Numbers


def accuracy(counts: Numbers) -> Point:
    """The share of rows whose class was named."""
    return ratio(counts, np.eye(len(counts)), np.ones_like(counts), "accuracy is not defined here: there are no rows.")


def _f1(counts: Numbers, place: int) -> Point:
    hit, named = np.zeros_like(counts), np.zeros_like(counts)
    hit[place, place] = 2
    named[place] += 1
    named[:, place] += 1
    return ratio(counts, hit, named, "f1 is not defined here.")


def _recall(counts: Numbers, place: int) -> Point:
    hit, own = np.zeros_like(counts), np.zeros_like(counts)
    hit[place, place] = 1
    own[place] = 1
    if counts[place].sum() <= 0:
        return Point(0.0, np.zeros_like(counts), 0.0)  # scikit-learn counts a class that is only predicted as 0
    return ratio(counts, hit, own, "recall is not defined here.")


def _macro(part: Callable[[Numbers, int], Point]) -> CellMetric:
    def metric(counts: Numbers) -> Point:
        return mean_of([part(counts, place) for place in _met(counts)])

    return metric


def _weighted(part: Callable[[Numbers, int], Point]) -> CellMetric:
    """Each class counts by its share of the rows, which is itself an estimate."""

    def metric(counts: Numbers) -> Point:
        own = [place for place in _met(counts) if counts[place].sum() > 0]
        shares = np.array([counts[place].sum() for place in own]) / counts.sum()
        points = [part(counts, place) for place in own]
        whole = mean_of(points, shares)
        drawn = np.zeros_like(counts)
        for place, point in zip(own, points, strict=True):
            drawn[place] = point.value
        return Point(whole.value, whole.influence + drawn - whole.value, whole.support)

    return metric


def balanced_accuracy(counts: Numbers) -> Point:
    """The mean of the recalls of the classes that have rows."""
    own = [place for place in _met(counts) if counts[place].sum() > 0]
    return mean_of([_recall(counts, place) for place in own])


def _met(counts: Numbers) -> list[int]:
    """The classes that are the label or the prediction of some row."""
    met: list[int] = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1)).tolist()
    if not met:
        raise Undefined("this metric is not defined here: there are no rows.")
    return met


CLASSES: Mapping[str, CellMetric] = MappingProxyType(
    {
        "accuracy": accuracy,
        "balanced_accuracy": balanced_accuracy,
        "macro_f1": _macro(_f1),
        "micro_f1": accuracy,
        "weighted_f1": _weighted(_f1),
        "macro_recall": _macro(_recall),
        "micro_recall": accuracy,
        "weighted_recall": accuracy,
    }
)
SHARES_OF_ROWS = frozenset({"accuracy", "micro_f1", "micro_recall", "weighted_recall"})
