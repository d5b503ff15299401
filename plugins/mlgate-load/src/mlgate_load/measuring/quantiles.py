"""Quantiles of latencies with intervals by order statistics, free of any model of their distribution.

The number of samples below the true quantile is binomial, so two order statistics hold it with a known probability
(David and Nagaraja, Order Statistics, 2003, section 7.1). Requests are taken as independent: a stall that hits many of
them in a row makes the true interval wider.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlgate import Estimate, Spread
from mlgate.stats import Curve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STEP, _MOST = 0.5, 5.0
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}


def quantile(
    values: NDArray[np.float64], share: float, *, most: float, low: NDArray[np.float64] | None = None
) -> Estimate:
    """The quantile of `values`; both ends of its interval are values seen, but where too few lie beyond it: then `most`
    is the upper end, which no value can exceed.

    `low` are the same requests without what the generator itself added: the truth lies between the two, so the lower
    end is taken from there.
    """
    import numpy as np

    above = np.sort(values)
    below = above if low is None else np.sort(low)
    n = len(above)
    lower, upper = [], []
    for place in range(int(_MOST / _STEP) + 1):
        first, last = _ranks(n, share, _tail(place * _STEP))
        lower.append(float(below[first]))
        upper.append(float(above[last]) if last < n else max(most, float(above[-1])))
    value = float(above[min(n - 1, max(0, math.ceil(n * share) - 1))])
    curve = Curve(_widening(lower, value, -1), _widening(upper, value, 1))
    se = (curve.upper[2] - curve.lower[2]) / 2
    return Estimate(value, n, Spread("order statistics", se, curve=curve))


def needed_for(share: float) -> int:
    """Values with which the largest bounds the quantile from above: 1 - share^n is two standard deviations (Wilks)."""
    return math.ceil(math.log(_tail(2.0)) / math.log(share))


def _ranks(n: int, share: float, tail: float) -> tuple[int, int]:
    """Places (from 0) of the order statistics that bound the quantile, each missing it with at most `tail`; the last is
    `n` where there is no such value."""
    first = _binomial_quantile(n, share, tail) - 1  # fewer than `first + 1` values below it: at most `tail`
    return max(0, first), n - _binomial_quantile(n, 1 - share, tail)


def _binomial_quantile(n: int, share: float, tail: float) -> int:
    """The largest k with P(X < k) <= tail for X binomial; 0 where there is none."""
    import numpy as np
    from scipy.special import bdtr

    spread = math.sqrt(n * share * (1 - share))
    around = np.arange(max(0, math.floor(n * share - 7 * spread) - 7), min(n, math.ceil(n * share + 1)) + 1)
    beneath = np.where(around > 0, bdtr(np.maximum(around - 1, 0), n, share), 0.0)
    fitting = around[beneath <= tail]
    return int(fitting[-1]) if fitting.size else 0


def _tail(z: float) -> float:
    return math.erfc(z / math.sqrt(2)) / 2


def _widening(bounds: list[float], value: float, side: int) -> tuple[float, ...]:
    """Each bound at least as far out as the one before, and none on the wrong side of the value."""
    found, reach = [], 0.0
    for bound in bounds:
        reach = max(reach, side * (bound - value))
        found.append(value + side * reach)
    return tuple(found)
