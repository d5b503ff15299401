"""How much more unequally benefits fall between groups under the candidate than under the champion, paired."""

from __future__ import annotations

import math

import numpy as np

from mlgate import Estimate, Spread
from mlgate.stats import Curve
from mlgate_fairness.entropy import between
from mlgate_fairness.extremes import QUANTILES
from mlgate_fairness.pairing import Joint
from mlgate_fairness.values import GroupValues, Numbers


def apart(ours: GroupValues, theirs: GroupValues, joint: Joint, alpha: float) -> Estimate:
    """The part between groups under the candidate minus that under the champion, by the bounds of each (MOVER).

    Far from equal groups the two indices correlate as the values do that they are made of; near them both are sums of
    squares, whose correlation is its square. The square is taken: it is never too much.
    """
    one, other = between(ours, alpha), between(theirs, alpha)
    rho = joint.correlation(_slopes(ours, alpha), _slopes(theirs, alpha))
    value, shared = one.value - other.value, rho * abs(rho)
    lower, upper = [], []
    for quantile in QUANTILES.tolist():
        low, high = _at(one, quantile)
        low_other, high_other = _at(other, quantile)
        lower.append(value - _joined(one.value - low, high_other - other.value, shared))
        upper.append(value + _joined(high - one.value, other.value - low_other, shared))
    if lower[-1] == upper[-1]:
        return Estimate(value, one.n, None)
    curve = Curve(
        tuple(np.minimum.accumulate(lower).tolist()),
        tuple(np.maximum.accumulate(upper).tolist()),
    )
    width = curve.upper[2] - curve.lower[2]
    return Estimate(value, one.n, Spread("mover of non-central chi-squares", width / 2, curve=curve))


def _slopes(values: GroupValues, alpha: float) -> Numbers:
    """How the index moves with each group's mean; the last, of all rows, moves nothing of itself."""
    share = values.rest.share if values.rest is not None else values.rows[:-1] / values.rows[-1]
    means = values.value[:-1]
    mean = float(share @ means)
    relative = means / mean
    if alpha == 1:
        logs = np.log(np.where(relative > 0, relative, 1.0))
        slopes = share * (logs - float(share @ (relative * logs))) / mean
    else:
        powers = relative ** (alpha - 1)
        slopes = share * (powers - float(share @ relative**alpha)) / (mean * (alpha - 1))
    return np.append(slopes, 0.0)


def _at(estimate: Estimate, quantile: float) -> tuple[float, float]:
    """Bounds not below 0; those of a fact are the fact."""
    if estimate.spread is None or estimate.spread.curve is None:
        return estimate.value, estimate.value
    low, high = estimate.spread.curve.bounds(quantile)
    return max(low, 0.0), high


def _joined(one: float, other: float, rho: float) -> float:
    return math.sqrt(max(one**2 + other**2 - 2 * rho * one * other, 0.0))
