"""Metrics of scores as a ranking of two classes, from the cells [label, bin], bins in the order of the scores."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from mlgate.tabular.confusion import CellMetric
from mlgate.tabular.points import Point, Undefined
from mlgate.tabular.tabulate import Numbers


def roc_auc(counts: Numbers) -> Point:
    """The chance that a positive row scores above a negative one, ties half; influences are DeLong's placements.

    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837-845.
    """
    negatives, positives = counts
    n0, n1 = _both(counts, "roc_auc")
    below = (np.cumsum(negatives) - negatives / 2) / n0
    above = 1 - (np.cumsum(positives) - positives / 2) / n1
    value = float((positives * below).sum()) / n1
    total = n0 + n1
    influence = np.stack([(above - value) * (total / n0), (below - value) * (total / n1)])
    return Point(value, influence, min(n0, n1))


def average_precision(counts: Numbers) -> Point:
    """Precision at each score that positives have, weighed by their share of all positives (scikit-learn's sum)."""
    _, n1 = _both(counts, "average_precision")
    positives = counts[1][::-1]
    found, taken = np.cumsum(positives), np.cumsum(counts.sum(axis=0)[::-1])
    reached = np.where(taken > 0, taken, 1.0)
    precision = found / reached
    value = float((positives * precision).sum()) / n1
    lost = _from_here_on(positives * found / reached**2)
    gained = _from_here_on(positives / reached)
    total = float(counts.sum())
    negative = -lost / n1
    positive = (precision + gained - lost - value) / n1
    return Point(value, np.stack([negative[::-1], positive[::-1]]) * total, n1)


def ks(counts: Numbers) -> Point:
    """The largest difference between the two classes' cumulative shares (Kolmogorov-Smirnov)."""
    n0, n1 = _both(counts, "ks")
    shares = np.cumsum(counts[0]) / n0, np.cumsum(counts[1]) / n1
    gap = shares[0] - shares[1]
    place = int(np.abs(gap).argmax())
    sign = 1.0 if gap[place] >= 0 else -1.0
    under = np.arange(counts.shape[1]) <= place
    total = n0 + n1
    influence = np.stack(
        [sign * (under - shares[0][place]) * (total / n0), -sign * (under - shares[1][place]) * (total / n1)]
    )
    return Point(float(abs(gap[place])), influence, min(n0, n1))


def _both(counts: Numbers, name: str) -> tuple[float, float]:
    n0, n1 = float(counts[0].sum()), float(counts[1].sum())
    if n0 <= 0 or n1 <= 0:
        raise Undefined(f"{name} is not defined here: only one class has rows.")
    return n0, n1


def _from_here_on(values: Numbers) -> Numbers:
    sums: Numbers = np.cumsum(values[::-1])[::-1]
    return sums


RANKINGS: Mapping[str, CellMetric] = MappingProxyType(
    {"roc_auc": roc_auc, "average_precision": average_precision, "ks": ks}
)
