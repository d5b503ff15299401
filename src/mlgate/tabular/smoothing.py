"""A metric of decisions on a handful of rows, kept from certainty by a little in every cell.

Where no positive row was found, or none missed, the sample shows no variance at all, and its value is as far out as it
can be. Added rows draw the middle of the interval inwards and keep its width off zero; the value stays as it is. On
many rows they are nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlgate.tabular.points import Point
from mlgate.tabular.tabulate import Numbers

MOST_CLASSES = 64
"""Metrics of more classes are averages of so many numbers that one row more or less in each is nothing."""
MOST_PAIRED_CLASSES = 16
"""Pairs of decisions are spread over the cube of so many cells."""


@dataclass(frozen=True, slots=True)
class Smoothed:
    """What added rows do to a metric: `shift` of its value, and its `variance` with them, for independent rows."""

    shift: float
    variance: float


def smoothed(counts: Numbers, metric: Callable[[Numbers], Point], added: Numbers | float) -> Smoothed:
    """The metric of the cells `counts` after `added` rows were put into them."""
    filled = counts + added
    point = metric(filled)
    variance = float((filled * np.square(point.influence)).sum()) / float(filled.sum()) ** 2
    return Smoothed(point.value - metric(counts).value, variance)


def one_per_class(classes: int) -> Numbers:
    """What is added to the cells [label, predicted]: a row of each class, half of it right.

    Half of what Agresti & Caffo add to each of two shares (2000, The American Statistician 54, 280-288): two rows, one
    of them right, make intervals at shares near 0 a good deal too wide for a mean of several shares.
    """
    added: Numbers = np.where(np.eye(classes, dtype=bool), 0.5, 0.5 / (classes - 1))
    return added


def one_per_pair(classes: int) -> float:
    """What is added to each of the cells [label, ours, theirs]: half a row won by either model, as Agresti & Min add
    (2005, Biostatistics 6, 241-250), spread over all cells in which only that model is right."""
    return 0.5 / (classes * (classes - 1))
