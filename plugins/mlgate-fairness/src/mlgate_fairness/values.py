"""One metric on every group and on all rows: values, how they vary together, and each one's own interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Scale, Spread

Numbers = NDArray[np.float64]
_AS_NORMAL = 1e6


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the rows of every group for a metric that is a ratio, sum(w a) / sum(w b).

    `aa`, `ab` and `bb` are sums of w^2 a^2, w^2 a b and w^2 b^2; `rows` and `support` are counts of rows, in all and
    in the denominator. `shards` are sums (w a, w b) by shard, group and side, where rows belong to entities; `effect`
    is the design effect to assume where a group shows no variance.
    """

    keys: tuple[Mapping[str, str], ...]
    a: Numbers
    b: Numbers
    aa: Numbers
    ab: Numbers
    bb: Numbers
    rows: Numbers
    support: Numbers
    shards: Numbers | None = None
    effect: float = 1.0


@dataclass(frozen=True, slots=True)
class GroupValues:
    """A metric's values; arrays hold one number per group, and the last is that of all rows.

    A value is NaN where it is not defined. `covariance` is that of the values; `scale` says how the interval of a
    single one is drawn: `SCORE` for shares (Wilson's, with `trials` effective rows), `LOG` for losses, `IDENTITY`.
    """

    metric: str
    keys: tuple[Mapping[str, str], ...]
    value: Numbers
    covariance: Numbers
    rows: Numbers
    support: Numbers
    trials: Numbers
    df: Numbers
    scale: Scale
    method: str

    @property
    def groups(self) -> int:
        return len(self.keys)

    @property
    def defined(self) -> NDArray[np.bool_]:
        return np.isfinite(self.value)

    def bounds(self, quantiles: Numbers) -> tuple[Numbers, Numbers]:
        """Every value's own interval, at standard normal quantiles: shape (quantiles, groups and all rows)."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            reach = _students(quantiles[:, None], self.df)
            if self.scale is Scale.SCORE:
                return _wilson(self.value, self.trials, reach)
            se = np.sqrt(np.diagonal(self.covariance))
            if self.scale is Scale.LOG:
                factor = np.where(self.value > 0, np.exp(np.minimum(reach * se / self.value, 700)), 1.0)
                return self.value / factor, self.value * factor
            return self.value - reach * se, self.value + reach * se

    def smoothed(self) -> tuple[Numbers, Numbers]:
        """Values and covariance that no group of one answer alone makes certain: a share gets one more row of each.

        After Agresti and Caffo (2000), The American Statistician 54, 280-288.
        """
        if self.scale is not Scale.SCORE:
            return self.value, self.covariance
        value = (self.value * self.trials + 1) / (self.trials + 2)
        variance = value * (1 - value) / (self.trials + 2)
        return value, variance_scaled(self.covariance, variance)

    def correlation(self) -> Numbers:
        """Of the values; 0 where one of two has no variance."""
        se = np.sqrt(np.diagonal(self.covariance))
        apart = np.outer(se, se)
        found: Numbers = np.divide(self.covariance, apart, out=np.zeros_like(apart), where=apart > 0)
        return np.clip(found, -1.0, 1.0)

    def estimate(self, place: int) -> Estimate:
        """One group's value with its interval."""
        value, rows = float(self.value[place]), round(float(self.rows[place]))
        se = float(np.sqrt(self.covariance[place, place]))
        df = None if self.df[place] >= _AS_NORMAL else float(self.df[place])
        support = min(int(self.support[place]), rows)
        if self.scale is Scale.SCORE:
            trials = float(self.trials[place])
            spread = Spread(self.method, float(np.sqrt(value * (1 - value) / trials)), Scale.SCORE, df, trials=trials)
        elif self.scale is Scale.LOG and value > 0:
            spread = Spread(self.method, se / value, Scale.LOG, df)
        else:
            spread = Spread(self.method, se, df=df)
        return Estimate(value, rows, spread, support)


def ratios(metric: str, sums: Moments, scale: Scale, *, binomial: bool = False) -> GroupValues:
    """The metric sum(w a) / sum(w b) on every group and on all rows, by the delta method.

    `binomial`: a share of independent rows of equal weight, whose trials are its rows.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.append(sums.a, sums.a.sum()) / np.append(sums.b, sums.b.sum())
    covariance, used = _covariance(sums, value)
    support = np.append(sums.support, sums.support.sum())
    rows = np.append(sums.rows, sums.rows.sum())
    mass, square = np.append(sums.b, sums.b.sum()), np.append(sums.bb, sums.bb.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        kish = np.where(square > 0, mass**2 / square, 0.0)  # effective rows of unequal weights
        room = np.diagonal(covariance)
        effective = np.where((room > 0) & (value * (1 - value) > 0), value * (1 - value) / room, kish / sums.effect)
    trials = np.maximum(support if binomial else effective, 1e-3)
    if used is not None:
        df = np.full(len(value), used - 1.0)
    else:
        df = np.full(len(value), np.inf) if scale is Scale.SCORE else np.maximum(kish - 1, 0.5)
    method = "wilson" if binomial else "influence" if used is None else "influence, by entity"
    return GroupValues(metric, sums.keys, value, covariance, rows, support, trials, _normal(df), scale, method)


def _covariance(sums: Moments, value: Numbers) -> tuple[Numbers, int | None]:
    """Of the groups' values and that of all rows; and how many shards there are, if rows are in shards."""
    groups = len(sums.keys)
    known = np.nan_to_num(value)
    own, whole = known[:-1], known[-1]
    mass = np.append(sums.b, sums.b.sum())
    safe = np.where(mass > 0, mass, 1.0)
    if sums.shards is not None:
        filled = sums.shards[..., 1] > 0
        used = max(int(filled.any(axis=1).sum()), 2)
        parts = sums.shards[..., 0] - own * sums.shards[..., 1]
        total = (sums.shards[..., 0] - whole * sums.shards[..., 1]).sum(axis=1)
        moved = np.concatenate([parts, total[:, None]], axis=1) / safe
        return moved.T @ moved * (used / (used - 1)), used
    found = np.zeros((groups + 1, groups + 1))
    free = np.maximum(sums.rows, 1.0) / np.maximum(sums.rows - 1, 0.5)
    one = (sums.aa - 2 * own * sums.ab + own**2 * sums.bb) / safe[:-1] ** 2
    both = (sums.aa - (own + whole) * sums.ab + own * whole * sums.bb) / (safe[:-1] * safe[-1])
    every = (sums.aa - 2 * whole * sums.ab + whole**2 * sums.bb).sum() / safe[-1] ** 2
    found[np.arange(groups), np.arange(groups)] = np.maximum(one, 0) * free
    found[:-1, -1] = found[-1, :-1] = both
    found[-1, -1] = max(float(every), 0.0)
    return found, None


def variance_scaled(covariance: Numbers, variance: Numbers) -> Numbers:
    """The covariance with other variances, and correlations as they are."""
    old = np.diagonal(covariance)
    factor = np.sqrt(np.divide(variance, old, out=np.zeros_like(old), where=old > 0))
    scaled = covariance * np.outer(factor, factor)
    np.fill_diagonal(scaled, variance)
    return scaled


def _normal(df: Numbers) -> Numbers:
    return np.where(df > _AS_NORMAL, _AS_NORMAL, df)


def _students(quantile: Numbers, df: Numbers) -> Numbers:
    """Student's quantiles with the tail that the normal one has."""
    if (df >= _AS_NORMAL).all():
        return quantile
    from scipy.special import ndtr, stdtrit  # only here: scipy takes half a second to import

    found: Numbers = np.where(df >= _AS_NORMAL, quantile, -stdtrit(df, ndtr(-quantile)))
    return found


def _wilson(share: Numbers, trials: Numbers, quantile: Numbers) -> tuple[Numbers, Numbers]:
    """Wilson (1927), Probable inference: JASA 22, 209-212."""
    square = quantile**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    room = np.maximum(share * (1 - share), 0) / trials + square / (4 * trials**2)
    reach = quantile * np.sqrt(room) / (1 + square / trials)
    low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach, 1)
    return np.minimum(low, share), np.maximum(high, share)
