"""How far a segment stands out, and how far any part of it could: what is searched for, and what need not be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

TOLERANCE = 0.05
"""Segments that are worse by no more than this are nobody's concern: they are neither searched for nor shown."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows that are searched: their weight, their summed loss, its variance per row, and the largest loss."""

    weight: float
    loss: float
    variance: float
    largest: float

    @classmethod
    def of(cls, weight: Numbers, loss: Numbers) -> Whole:
        total, summed = float(weight.sum()), float(weight @ loss)
        square = float(weight @ np.square(loss))
        return cls(total, summed, max(square / total - (summed / total) ** 2, 1e-12), float(loss.max(initial=0.0)))


def scores(weight: Numbers, loss: Numbers, square: Numbers, whole: Whole) -> Numbers:
    """(mean loss inside - mean loss of the rest - tolerance) / its standard error, for sums over the rows inside.

    A segment is not taken to vary less than all rows do, so that a few equal losses are no certainty. Segments of more
    than half of the weight are none: the rest is the segment then.
    """
    fits = (weight > 0) & (weight <= whole.weight / 2)
    inside = np.where(fits, weight, 1.0)
    rest = np.where(fits, whole.weight - weight, 1.0)
    mean = loss / inside
    gap = mean - (whole.loss - loss) / rest - TOLERANCE
    own = np.maximum(square / inside - mean * mean, whole.variance)
    score: Numbers = gap / np.sqrt(own / inside + whole.variance / rest)
    return np.where(fits, score, -np.inf)


def bounds(weight: Numbers, harm: Numbers, least: float, whole: Whole) -> Numbers:
    """No part of at least `least` weight of a segment scores higher, where `harm` is the sum of its losses above 0.

    The bound of SliceLine (Sagadeeva & Boehm, SIGMOD 2021, section 3.2) for this score: it rises with the loss that a
    part keeps and, where the part keeps all of it, falls with the part's size. So no part beats the one that holds
    all loss in as few rows as can hold it; its variance is at least that of all rows.
    """
    largest, half = max(whole.largest, 1e-300), whole.weight / 2
    least = min(max(least, 1e-9 * half), half)
    size = np.clip(harm / largest, least, np.clip(weight, least, half))
    kept = np.minimum(harm, size * largest)
    gap = kept / size - (whole.loss - kept) / (whole.weight - size) - TOLERANCE
    bound: Numbers = gap / np.sqrt(whole.variance * (1 / size + 1 / (whole.weight - size)))
    return np.where(weight >= least, bound, -np.inf)
