"""One metric on every group and on all rows: values, how they vary together, and each one's own interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Scale, Spread

Numbers = NDArray[np.float64]
AS_NORMAL = 1e6


@dataclass(frozen=True, slots=True)
class Margins:
    """Estimates one by one: `SCORE` for shares (Wilson's, with `trials` effective rows), `LOG` for losses, `IDENTITY`.

    A value is NaN where it is not defined.
    """

    value: Numbers
    se: Numbers
    trials: Numbers
    df: Numbers
    scale: Scale

    def part(self, cut: slice) -> Margins:
        """Some of them."""
        return Margins(self.value[cut], self.se[cut], self.trials[cut], self.df[cut], self.scale)

    def bounds(self, quantiles: Numbers) -> tuple[Numbers, Numbers]:
        """Every value's own interval, at standard normal quantiles: shape (quantiles, values)."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            reach = students(quantiles[:, None], self.df)
            if self.scale is Scale.SCORE:
                return _wilson(self.value, self.trials, reach)
            if self.scale is Scale.LOG:
                factor = np.where(self.value > 0, np.exp(np.minimum(reach * self.se / self.value, 700)), 1.0)
                return self.value / factor, self.value * factor
            return self.value - reach * self.se, self.value + reach * self.se


@dataclass(frozen=True, slots=True)
class Rest:
    """All rows that are not in a group, group by group, for a metric that averages over rows.

    `share` is the group's part of the denominator, with the standard error `share_se`; `correlation` is that of the
    group's value and the rest's, which is not 0 where an entity has rows in both.
    """

    margins: Margins
    share: Numbers
    share_se: Numbers
    correlation: Numbers


@dataclass(frozen=True, slots=True)
class GroupValues:
    """A metric on every group; arrays hold one number per group, and the last is that of all rows."""

    metric: str
    keys: tuple[Mapping[str, str], ...]
    margins: Margins
    covariance: Numbers
    rows: Numbers
    support: Numbers
    method: str
    rest: Rest | None = None

    @property
    def value(self) -> Numbers:
        return self.margins.value

    @property
    def groups(self) -> int:
        return len(self.keys)

    @property
    def defined(self) -> NDArray[np.bool_]:
        return np.isfinite(self.value)

    def smoothed(self) -> tuple[Numbers, Numbers]:
        """Values and covariance that no group of one answer alone makes certain: a share gets one more row of each.

        After Agresti and Caffo (2000), The American Statistician 54, 280-288.
        """
        if self.margins.scale is not Scale.SCORE:
            return self.value, self.covariance
        trials = self.margins.trials
        value = (self.value * trials + 1) / (trials + 2)
        variance = value * (1 - value) / (trials + 2)
        return value, variance_scaled(self.covariance, variance)

    def correlation(self) -> Numbers:
        """Of the values; 0 where one of two has no variance."""
        se = np.sqrt(np.diagonal(self.covariance))
        apart = np.outer(se, se)
        found: Numbers = np.divide(self.covariance, apart, out=np.zeros_like(apart), where=apart > 0)
        return np.clip(found, -1.0, 1.0)

    def estimate(self, place: int) -> Estimate:
        """One group's value with its interval."""
        one, rows = self.margins, round(float(self.rows[place]))
        value, se = float(one.value[place]), float(one.se[place])
        df = None if one.df[place] >= AS_NORMAL else float(one.df[place])
        if one.scale is Scale.SCORE:
            trials = float(one.trials[place])
            spread = Spread(self.method, math.sqrt(value * (1 - value) / trials), Scale.SCORE, df, trials=trials)
        elif one.scale is Scale.LOG and value > 0:
            spread = Spread(self.method, se / value, Scale.LOG, df)
        else:
            spread = Spread(self.method, se, df=df)
        return Estimate(value, rows, spread, min(int(self.support[place]), rows))


def variance_scaled(covariance: Numbers, variance: Numbers) -> Numbers:
    """The covariance with other variances, and correlations as they are."""
    old = np.diagonal(covariance)
    factor = np.sqrt(np.divide(variance, old, out=np.zeros_like(old), where=old > 0))
    scaled: Numbers = covariance * np.outer(factor, factor)
    np.fill_diagonal(scaled, variance)
    return scaled


def students(quantile: Numbers, df: Numbers) -> Numbers:
    """Student's quantiles with the tail that the normal one has."""
    if (df >= AS_NORMAL).all():
        return quantile
    from scipy.special import ndtr, stdtrit  # only here: scipy takes half a second to import

    found: Numbers = np.where(df >= AS_NORMAL, quantile, -stdtrit(df, ndtr(-quantile)))
    return found


def _wilson(share: Numbers, trials: Numbers, quantile: Numbers) -> tuple[Numbers, Numbers]:
    """Wilson (1927), Probable inference: JASA 22, 209-212."""
    square = quantile**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    room = np.maximum(share * (1 - share), 0) / trials + square / (4 * trials**2)
    reach = quantile * np.sqrt(room) / (1 + square / trials)
    low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach, 1)
    return np.minimum(low, share), np.maximum(high, share)
