"""Quantiles and tails of the normal and of Student's distribution."""

from __future__ import annotations

import math
from statistics import NormalDist


def upper_quantile(share: float, df: float | None = None) -> float:
    """The value that a standard normal (or Student's t with `df`) variable exceeds with probability `share`."""
    if df is None:
        return NormalDist().inv_cdf(1 - share)
    from scipy.special import stdtrit  # only here: scipy takes half a second to import

    return float(stdtrit(df, 1 - share))


def tail(distance: float, df: float | None = None) -> float:
    """The probability that a standard normal (or Student's t with `df`) variable exceeds `distance`."""
    if math.isinf(distance):
        return 0.0 if distance > 0 else 1.0
    if df is None:
        return math.erfc(distance / math.sqrt(2)) / 2
    from scipy.special import stdtr

    return float(stdtr(df, -distance))
