"""Generalized entropy of benefits: how unequally the model's errors fall, over rows and between groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate import CheckError, Estimate, NotApplicable, Scale, Spread
from mlgate.stats import Curve
from mlgate.tabular import Task
from mlgate.tabular.tabulate import Axis
from mlgate_fairness.comparing import Family
from mlgate_fairness.extremes import QUANTILES
from mlgate_fairness.numbers import mean_families
from mlgate_fairness.subjects import Intersections
from mlgate_fairness.values import GroupValues, Numbers

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

_FAR_OUT = 400.0
_STEPS_UP = 10.0


def benefits(scored: ScoredTable, threshold: float, *, champion: bool = False) -> Numbers:
    """decision - label + 1: 2 for a false positive, 0 for a false negative, 1 for what is right (Speicher et al.)."""
    if scored.task is not Task.BINARY:
        raise NotApplicable(f"Benefits are those of decisions on two classes, and this task is {scored.task}.")
    found: Numbers = scored.decisions(threshold, champion=champion).astype(float) - scored.labels() + 1
    if not found.any():
        raise CheckError("Every row is a false negative: there is no benefit to share out.")
    return found


def index(share: Numbers, benefit: Numbers, alpha: float) -> float:
    """The index of a population in which `share` of the rows have `benefit`; 0 where all have the same."""
    relative = benefit / float(share @ benefit)
    if alpha == 1:
        return float(share @ (relative * np.log(np.where(relative > 0, relative, 1.0))))
    return float(share @ (relative**alpha - 1)) / (alpha * (alpha - 1))


def influences(benefit: Numbers, mean: float, moment: float, alpha: float) -> Numbers:
    """What each row adds to the index of all rows, by the delta method; `moment` is the mean of (b / mean)^alpha.

    Of Theil's index (alpha = 1), `moment` is the mean of (b / mean) log(b / mean).
    """
    relative = benefit / mean
    if alpha == 1:
        logs = relative * np.log(np.where(relative > 0, relative, 1.0))
        return logs - moment - (moment + 1) * (relative - 1)
    return (relative**alpha - moment - alpha * moment * (relative - 1)) / (alpha * (alpha - 1))


def between(values: GroupValues, alpha: float) -> Estimate:
    """The index of groups in which every row has its group's mean benefit, from the means of `values`.

    At equal means it is a sum of squares that scatter, and biased upward: with G groups, 2 mean^2 index / s^2 is
    non-central chi-square with G - 1 degrees of freedom, where s^2 is the scatter of one mean squared. Its bounds are
    those of the non-centrality.
    """
    from scipy.special import ndtr  # only here: scipy takes half a second to import

    groups = values.groups
    share = values.rest.share if values.rest is not None else values.rows[:-1] / values.rows[-1]
    value = index(share, values.value[:-1], alpha)
    mean = float(share @ values.value[:-1])
    free = groups - 1
    scatter = float((share * (1 - share)) @ np.diagonal(values.covariance)[:-1]) / free
    unit = scatter / (2 * mean**2)
    if value <= 0 or unit <= 0:
        return Estimate(max(value, 0.0), round(float(values.rows[-1])), None)
    seen = value / unit
    tails = ndtr(-QUANTILES)
    low = _past_zero(_non_centrality(seen, free, 1 - tails), seen, free) * unit
    high = _non_centrality(seen, free, tails) * unit
    low, high = np.minimum.accumulate(np.minimum(low, value)), np.maximum.accumulate(np.maximum(high, value))
    curve = Curve(tuple(low.tolist()), tuple(high.tolist()))
    spread = Spread("non-central chi-square", float(curve.upper[2] - curve.lower[2]) / 2, least=0.0, curve=curve)
    return Estimate(value, round(float(values.rows[-1])), spread)


def _non_centrality(seen: float, free: int, shares: Numbers) -> Numbers:
    """The non-centralities under which `seen` or less is met with the probability of each share.

    Far out the square root is normal with variance 1, around that of the non-centrality and the degrees of freedom
    less one (Sankaran, Biometrika 46, 1959, 235-237).
    """
    from scipy.special import chndtr, ndtri

    if seen > _FAR_OUT:
        found: Numbers = np.maximum(np.maximum(np.sqrt(seen) - ndtri(shares), 0) ** 2 - (free - 1), 0)
        return found
    low, high = np.zeros(len(shares)), np.full(len(shares), (np.sqrt(seen) + _STEPS_UP) ** 2)
    for _ in range(60):  # by bisection: scipy's own inverse gives NaN
        middle = (low + high) / 2
        more = chndtr(seen, free, middle) > shares
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.where(chndtr(seen, free, 0.0) > shares, high, 0.0)


def _past_zero(low: Numbers, seen: float, free: int) -> Numbers:
    """Bounds that have come to 0, continued below it in a line: so that a bound drawn between two of them is 0 exactly
    from the quantile on at which 0 can't be excluded.
    """
    from scipy.special import chndtr, ndtri

    reached = float(ndtri(np.clip(chndtr(seen, free, 0.0), 1e-12, 1 - 1e-12)))
    before = reached > QUANTILES
    last = int(before.sum()) - 1
    slope = low[last] / (reached - QUANTILES[last]) if last >= 0 else seen
    found: Numbers = np.where(before, low, -slope * (QUANTILES - reached))
    return found


def benefit_families(scored: ScoredTable, intersections: Intersections, threshold: float, alpha: float) -> list[Family]:
    """Mean benefits by every sensitive column and crossing. Raises `CheckError` for an alpha of no index."""
    if not 0 < alpha <= 10:
        raise CheckError(f"alpha lies above 0 and up to 10, not at {alpha:g}.")
    return mean_families(scored, "mean benefit", benefits(scored, threshold), Scale.IDENTITY, intersections)


def over_all_rows(scored: ScoredTable, threshold: float, alpha: float) -> Estimate:
    """The index of all rows, with the delta method's interval."""
    given = benefits(scored, threshold)
    columns = scored.groups.columns[:1]
    sums = scored.groups.cells(columns, Axis(given.astype(np.uint8), 3))
    weight = sums.weight.sum(axis=0)
    share, levels = weight / weight.sum(), np.arange(3.0)
    value = index(share, levels, alpha)
    mean = float(share @ levels)
    moment = value if alpha == 1 else float(share @ (levels / mean) ** alpha)
    moved = influences(levels, mean, moment, alpha)
    family = mean_families(scored, "influence", moved[given.astype(np.intp)], Scale.IDENTITY, "none")[0]
    se, rows = float(family.values.margins.se[-1]), round(float(family.values.rows[-1]))
    if value <= 0:
        return Estimate(0.0, rows, None)
    return Estimate(value, rows, Spread(family.values.method, se / value, Scale.LOG))
