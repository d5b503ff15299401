"""How far a chi-square statistic lies from zero: bounds, tails and rows for its noncentrality.

A divergence between two tables of counts (PSI, Pearson's) times their harmonic number of rows is spread as a noncentral
chi-square variable whose noncentrality is the true divergence times that number. Beyond `_LARGE` the square root is
taken as normal: sqrt(X - a) - sqrt(nc + a) with a = (df - 1) / 2 (Sankaran 1959, On the non-central chi-square
distribution: Biometrika 46, 235-237).
"""

from __future__ import annotations

import math

from mlgate.stats.quantiles import tail, upper_quantile

_LARGE = 1e4
_MOST = 1e9


def bounds(statistic: float, df: float, share: float) -> tuple[float, float]:
    """The noncentralities under which a statistic this high, or this low, has the probability `share`; 0 for none."""
    if statistic > _LARGE:
        shift, reach = (df - 1) / 2, upper_quantile(share)
        middle = math.sqrt(statistic - shift)
        return max(0.0, (middle - reach) ** 2 - shift), (middle + reach) ** 2 - shift
    from scipy.special import chndtr, chndtrinc  # only here: scipy takes half a second to import

    central = float(chndtr(statistic, df, 0.0))
    low = float(chndtrinc(statistic, df, 1 - share)) if central > 1 - share else 0.0
    high = float(chndtrinc(statistic, df, share)) if central > share else 0.0
    return low, max(low, high)


def share_above(statistic: float, df: float, noncentrality: float) -> float:
    """The probability of a statistic at least this high; 0 for a noncentrality that can't be."""
    if noncentrality < 0:
        return 0.0
    if max(statistic, noncentrality) > _LARGE:
        return tail(_distance(statistic, noncentrality, df))
    from scipy.special import chndtr

    return max(0.0, 1 - float(chndtr(statistic, df, noncentrality)))


def share_below(statistic: float, df: float, noncentrality: float) -> float:
    """The probability of a statistic at most this high; 1 where every noncentrality is at least as large."""
    return 1.0 if noncentrality <= 0 else 1 - share_above(statistic, df, noncentrality)


def growth(truth: float, bound: float, df: float, sure: float) -> float | None:
    """How many times as many rows clear `bound` by `sure` standard errors, from the two noncentralities of today.

    None where no number of rows would.
    """
    low, high = 0.0, 1.0
    while _apart(truth * high, bound * high, df) < sure:
        low, high = high, high * 2
        if high > _MOST:
            return None
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _apart(truth * middle, bound * middle, df) < sure else (low, middle)
    return high


def _apart(one: float, other: float, df: float) -> float:
    shift = max(0.0, df - 1) / 2
    return abs(math.sqrt(max(0.0, one) + shift) - math.sqrt(max(0.0, other) + shift))


def _distance(statistic: float, noncentrality: float, df: float) -> float:
    shift = (df - 1) / 2
    return math.sqrt(max(0.0, statistic - shift)) - math.sqrt(noncentrality + shift)
