"""From a metric's value and scatter to an estimate with the interval that suits its range.

Shares of independent rows are Wilson's (1927). Other metrics in [0, 1] take Wilson's form with the number of rows that
a share of this value and variance would have (as Kish's effective sample size), which keeps bounds inside the range
and holds at values near 0 and 1; losses and errors are symmetric on the log scale, R2 on the log of what it leaves, and
Matthews' correlation on Fisher's. Where few rows would pull a number to an end, a reading's `shift` leads back to the
middle of its interval (`smoothing`, `chance`). No interval leaves the metric's own range.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from mlgate.stats import Estimate, Scale, Spread
from mlgate.tabular.measuring import Reading
from mlgate.tabular.metrics import Metric
from mlgate.tabular.sampling import Sampling
from mlgate.tabular.scatter import Scatter
from mlgate.tabular.tabulate import Numbers

_METHODS = {"roc_auc": "delong", "roc_auc_ovr": "delong"}
_ON_LOG = frozenset({"log_loss", "brier", "mae", "rmse", "mape", "quantile_loss"})
_PLAIN = _ON_LOG | {"r2", "bias", "ece", "calibration_slope", "calibration_intercept", "balanced_accuracy", "ks"}
_CHANCY = frozenset({"ks", "ece"})
_PRIOR, _MANY = 2.0, 100.0


def estimate_of(metric: Metric, reading: Reading, sampling: Sampling, *, binomial: bool) -> Estimate:
    """`binomial`: the metric is a share of rows, so that independent rows of equal weight need no variance."""
    point = reading.point
    if binomial and sampling.simple:
        spread = Spread("wilson", _binomial(point.value, point.support), Scale.SCORE, trials=point.support)
    else:
        spread = replace(_spread(metric, reading, sampling, binomial), method=_method(metric, reading, sampling))
    support = math.floor(min(point.support, reading.rows))
    least, most = (None if end is None else float(end) for end in (metric.low, metric.high))
    return Estimate(point.value, reading.rows, replace(spread, least=least, most=most), support)


def _method(metric: Metric, reading: Reading, sampling: Sampling) -> str:
    parts = [_METHODS.get(metric.name, "influence")]
    if sampling.shard is not None:
        parts.append("by entity")
    if reading.shift:
        parts.append("chance taken off" if metric.name in _CHANCY else "a row per class added")
    return ", ".join(parts)


def _spread(metric: Metric, reading: Reading, sampling: Sampling, binomial: bool) -> Spread:
    value, scatter, support = reading.point.value, reading.scatter, reading.point.support
    if metric.name in _ON_LOG and value > 0:
        return Spread("", scatter.se / value, Scale.LOG, scatter.df)
    if metric.name == "r2" and value < 1:
        return Spread("", scatter.se / (1 - value), Scale.LOG_COMPLEMENT, scatter.df)
    if metric.name == "mcc":
        return _correlation(reading)
    if metric.name in _PLAIN:
        least = 0.5 / max(support, 1.0) if metric.high == 1 and scatter.variance == 0 else 0.0
        centre = value + reading.shift if reading.shift else None
        return Spread("", max(scatter.se, least), df=scatter.df, centre=centre)
    most = support if binomial else math.inf
    scatter = _supposed(metric.name, value, scatter)
    return _effective(reading, scatter, max(support / sampling.worst_effect, 1.0), most)


def _binomial(share: float, trials: float) -> float:
    return math.sqrt(share * (1 - share) / trials)


def _effective(reading: Reading, scatter: Scatter, least: float, most: float) -> Spread:
    """Wilson's form with effective rows; where the sample shows no variance, with as few as could be.

    A share has no more effective rows than rows: entities that seem to spread a share more evenly than chance do so by
    chance (Parker et al., National Center for Health Statistics data presentation standards for proportions, 2017).
    """
    middle = min(max(reading.point.value + reading.shift, 0.0), 1.0)
    room = middle * (1 - middle)
    trials = max(min(room / scatter.variance, most) if scatter.variance > 0 and room > 0 else least, 1e-3)
    centre = middle if reading.shift else None
    return Spread("", _binomial(middle, trials), Scale.SCORE, scatter.df, centre=centre, trials=trials)


def _supposed(name: str, value: float, scatter: Scatter) -> Scatter:
    """The scatter of a ranking of few rows, drawn part of the way up to the variance that a model gives it.

    A handful of positives that all rank high shows next to no variance. The model needs the value alone. It counts as
    `_PRIOR` rows beside the independent units of the rarest class, and from `_MANY` of them on not at all.
    """
    if scatter.units is None or name not in _MODELS:
        return scatter
    units = np.maximum(scatter.units, 1.0)
    fewest = float(units.min())
    if fewest >= _MANY:
        return scatter
    inside = (value * fewest + 0.5) / (fewest + 1)
    above = max(_MODELS[name](inside, units) - scatter.variance, 0.0)
    return scatter.at_least(scatter.variance + above * _PRIOR / (_PRIOR + fewest - 1))


def _exponential(auc: float, units: Numbers) -> float:
    """The variance of an AUC of exponential scores (Hanley & McNeil 1982, Radiology 143, 29-36), which holds for others
    too (Newcombe 2006, Statistics in Medicine 25, 559-573); of the mean of one against the rest for many classes."""
    below, above = auc / (2 - auc) - auc**2, 2 * auc**2 / (1 + auc) - auc**2
    against_rest = below / units + above / (units.sum() - units)
    return float(against_rest[-1] if len(units) == 2 else against_rest.sum() / len(units) ** 2)


def _binomial_positives(precision: float, units: Numbers) -> float:
    """An average precision as a share of the positives (Boyd, Eng & Page 2013, ECML PKDD, 451-466)."""
    return float(precision * (1 - precision) / units[1])


_MODELS: Mapping[str, Callable[[float, Numbers], float]] = MappingProxyType(
    {"roc_auc": _exponential, "roc_auc_ovr": _exponential, "average_precision": _binomial_positives}
)


def _correlation(reading: Reading) -> Spread:
    """Fisher's scale; a correlation of 1 is shrunk by one row, so that it has a place on it."""
    value, support = reading.point.value, reading.point.support
    centre = value + reading.shift
    if abs(centre) < 1:
        se = reading.scatter.se / (1 - centre * centre)
        return Spread("", se, Scale.ATANH, reading.scatter.df, centre=centre if reading.shift else None)
    centre = value * (1 - 1 / max(support, 2.0))
    return Spread("", 1 / math.sqrt(max(support - 3, 1.0)), Scale.ATANH, centre=centre)


def difference_of(
    metric: Metric, value: float, scatter: Scatter, rows: int, *, support: float, method: str, shift: float = 0.0
) -> Estimate:
    """A difference of two estimates, symmetric on its own scale."""
    most = None if metric.low is None or metric.high is None else float(metric.high - metric.low)
    least = None if most is None else -most
    centre = value + shift if shift else None
    spread = Spread(method, scatter.se, df=scatter.df, centre=centre, least=least, most=most)
    return Estimate(value, rows, spread, math.floor(min(support, rows)))


def paired_shares(won: float, lost: float, rows: float) -> Spread:
    """The spread of the difference of two shares on the same rows, from the rows that only one of them has right.

    Half a row is added to each of the four cells (Agresti & Min 2005, Biostatistics 6, 241-250), so that a handful
    of differing rows is not taken for certainty.
    """
    more, less, all_rows = won + 0.5, lost + 0.5, rows + 2
    centre = (more - less) / all_rows
    se = math.sqrt(more + less - (more - less) ** 2 / all_rows) / all_rows
    return Spread("agresti-min", se, centre=centre, least=-1.0, most=1.0)
