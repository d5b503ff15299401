"""A confidence curve: one-sided bounds at many levels, for an estimate that no single standard error describes.

A maximum over groups has a lower bound that must hold for all groups that could be the largest at once, and an upper
bound that need not: neither end is a multiple of one standard error, so the record keeps the bounds themselves.
(Birnbaum, Confidence curves, JASA 56, 1961, 246-249; Schweder and Hjort, Confidence, Likelihood, Probability, 2016.)
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

STEP = 0.5
"""Bounds stand at the standard normal quantiles 0, 0.5, 1 and so on; between two of them the curve is a line."""


@dataclass(frozen=True, slots=True)
class Curve:
    """`lower[i]` is the lower bound with one-sided confidence Phi(i / 2), `upper[i]` the upper one.

    Bounds are finite, and widen (or stay) from one to the next; beyond the last they go on along the last line.
    """

    lower: tuple[float, ...]
    upper: tuple[float, ...]

    def __post_init__(self) -> None:
        if not (len(self.lower) == len(self.upper) >= 2):
            raise ValueError("a confidence curve needs two bounds or more on each side, as many on one as on the other")
        if not all(math.isfinite(bound) for bound in (*self.lower, *self.upper)):
            raise ValueError("a confidence curve has finite bounds")
        if not (_falls(self.lower) and _falls([-bound for bound in self.upper]) and self.lower[0] <= self.upper[0]):
            raise ValueError("the bounds of a confidence curve widen with its level")

    def bounds(self, quantile: float) -> tuple[float, float]:
        """The bounds at a standard normal quantile of 0 or more."""
        return _at(self.lower, quantile), _at(self.upper, quantile)

    def quantile_above(self, bound: float) -> float:
        """The quantile up to which the lower bound lies above `bound`; negative where it never does."""
        return _reached([-each for each in self.lower], -bound)

    def quantile_below(self, bound: float) -> float:
        """The quantile up to which the upper bound lies below `bound`; negative where it never does."""
        return _reached(self.upper, bound)


def _falls(bounds: Sequence[float]) -> bool:
    return all(later <= earlier for earlier, later in pairwise(bounds))


def _at(bounds: Sequence[float], quantile: float) -> float:
    place = min(int(quantile / STEP), len(bounds) - 2)
    share = quantile / STEP - place
    return bounds[place] + share * (bounds[place + 1] - bounds[place])


def _reached(rising: Sequence[float], bound: float) -> float:
    """Where the line through the bounds, which rise, comes to `bound`."""
    place = min(max(bisect_left(rising, bound) - 1, 0), len(rising) - 2)
    rise = rising[place + 1] - rising[place]
    gap = bound - rising[place]
    if rise > 0:
        return STEP * (place + gap / rise)
    return math.copysign(math.inf, gap) if gap else STEP * place
