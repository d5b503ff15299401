"""From a metric's value and scatter to an estimate with the interval that suits its range.

Shares of independent rows are Wilson's (1927). Other metrics in [0, 1] take Wilson's form with the number of rows that
a share of this value and variance would have (as Kish's effective sample size), which keeps bounds inside the range
and holds at values near 0 and 1; losses and errors are symmetric on the log scale, Matthews' correlation on Fisher's.
"""

from __future__ import annotations

import math

from mlgate.stats import Estimate, Scale, Spread
from mlgate.tabular.metrics import Metric
from mlgate.tabular.points import Point
from mlgate.tabular.sampling import Sampling
from mlgate.tabular.scatter import Scatter

_METHODS = {"roc_auc": "delong", "roc_auc_ovr": "delong"}
_ON_LOG = frozenset({"log_loss", "brier", "mae", "rmse", "mape", "quantile_loss"})
_PLAIN = frozenset({"r2", "bias", "ece", "calibration_slope", "calibration_intercept"})


def estimate_of(
    metric: Metric, point: Point, scatter: Scatter, rows: int, sampling: Sampling, *, binomial: bool
) -> Estimate:
    """`binomial`: the metric is a share of rows, so that independent rows of equal weight need no variance."""
    support = math.floor(min(point.support, rows))
    return Estimate(point.value, rows, _spread(metric, point, scatter, sampling, binomial), support)


def _spread(metric: Metric, point: Point, scatter: Scatter, sampling: Sampling, binomial: bool) -> Spread:
    method = _METHODS.get(metric.name, "influence") + ("" if sampling.shard is None else ", by entity")
    value, se = point.value, scatter.se
    if metric.name in _PLAIN:
        return Spread(method, se, df=scatter.df)
    if metric.name in _ON_LOG:
        return Spread(method, se / value, Scale.LOG, scatter.df) if value > 0 else Spread(method, se, df=scatter.df)
    if metric.name == "mcc":
        return _correlation(value, se, scatter.df, method, point.support)
    if binomial and sampling.simple:
        return Spread("wilson", _binomial(value, point.support), Scale.SCORE, trials=point.support)
    return _effective(value, scatter, method, max(point.support / sampling.worst_effect, 1.0))


def _binomial(share: float, trials: float) -> float:
    return math.sqrt(share * (1 - share) / trials)


def _effective(value: float, scatter: Scatter, method: str, least: float) -> Spread:
    """Wilson's form with effective rows; where the sample shows no variance, with as few as could be."""
    room = value * (1 - value)
    trials = room / scatter.variance if scatter.variance > 0 and room > 0 else least
    return Spread(method, _binomial(value, trials), Scale.SCORE, scatter.df, trials=max(trials, 1e-3))


def _correlation(value: float, se: float, df: float | None, method: str, support: float) -> Spread:
    """Fisher's scale; a correlation of 1 is shrunk by one row, so that it has a place on it."""
    if abs(value) < 1:
        return Spread(method, se / (1 - value * value), Scale.ATANH, df)
    centre = value * (1 - 1 / max(support, 2.0))
    return Spread(method, 1 / math.sqrt(max(support - 3, 1.0)), Scale.ATANH, centre=centre)


def difference_of(value: float, scatter: Scatter, rows: int, support: float, method: str) -> Estimate:
    """A difference of two estimates, symmetric on its own scale."""
    return Estimate(value, rows, Spread(method, scatter.se, df=scatter.df), math.floor(min(support, rows)))


def paired_shares(won: int, lost: int, rows: int) -> Spread:
    """The spread of the difference of two shares on the same rows, from the rows that only one of them has right.

    Half a row is added to each of the four cells (Agresti & Min 2005, Biostatistics 6, 241-250), so that a handful
    of differing rows is not taken for certainty.
    """
    more, less, all_rows = won + 0.5, lost + 0.5, rows + 2
    centre = (more - less) / all_rows
    se = math.sqrt(more + less - (more - less) ** 2 / all_rows) / all_rows
    return Spread("agresti-min", se, centre=centre)
