"""An estimate with its spread, from which an interval of any level can be drawn again later.

Decisions are made from the stored record, at a confidence that may change (`mlgate decide`, Holm's steps):
so a measurement keeps its spread, not only the interval of one level.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mlgate.stats import noncentral
from mlgate.stats.curve import Curve
from mlgate.stats.quantiles import tail, upper_quantile


class Scale(StrEnum):
    """On which scale the estimate is spread symmetrically."""

    IDENTITY = "identity"
    LOGIT = "logit"
    LOG = "log"
    ATANH = "atanh"
    LOG_COMPLEMENT = "log_complement"
    """That of log(1 - value), for numbers that end at 1 and not at -1, such as r2."""
    SCORE = "score"
    """Wilson's: the spread is that of a binomial proportion under the bound itself."""
    NONCENTRAL = "noncentral"
    """A divergence of counts, never negative: its rows times it are a noncentral chi-square variable."""


@dataclass(frozen=True, slots=True)
class Interval:
    """`level` of all intervals made this way hold the truth; `low` and `high` are in the estimate's unit."""

    low: float
    high: float
    level: float
    method: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"an interval needs finite, ordered bounds, not [{self.low}, {self.high}]")
        if not 0.0 < self.level < 1.0:
            raise ValueError(f"an interval's level lies between 0 and 1, not at {self.level}")

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Spread:
    """How far an estimate may be from the truth.

    `se` is the standard error on `scale`; `df` gives Student's quantiles instead of the normal ones;
    `centre` replaces the estimate as the middle of the interval (Agresti-Min's shrunken difference), in the
    estimate's unit; `trials` is the (effective) number of Bernoulli trials, for `Scale.SCORE`; `least` and `most`
    are the ends of what the number can be at all, which no interval leaves (None: no end). A `curve` holds the bounds
    themselves and stands in the place of all but these ends; `se` then is no more than a figure to show.
    For `Scale.NONCENTRAL`, `df` are the degrees of freedom, `trials` the harmonic number of rows n m / (n + m), and
    `centre` is the divergence as it was computed, from which the estimate has lost what chance alone gives.
    """

    method: str
    se: float
    scale: Scale = Scale.IDENTITY
    df: float | None = None
    centre: float | None = None
    trials: float | None = None
    least: float | None = None
    most: float | None = None
    curve: Curve | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.se) and self.se >= 0):
            raise ValueError(f"a standard error is finite and not negative, not {self.se}")
        if self.least is not None and self.most is not None and not self.least <= self.most:
            raise ValueError(f"a number's range has ordered ends, not [{self.least}, {self.most}]")
        if self.scale is Scale.SCORE and not (self.trials and self.trials > 0):
            raise ValueError("a score interval needs the number of trials")
        if self.scale is Scale.NONCENTRAL and not (self.trials and self.trials > 0 and self.df and self.df > 0):
            raise ValueError("a noncentral interval needs degrees of freedom and a number of rows")

    def within(self, value: float) -> float:
        """The value, or the end of the range that it is beyond."""
        value = value if self.least is None else max(value, self.least)
        return value if self.most is None else min(value, self.most)

    def outside(self, value: float) -> bool:
        return self.within(value) != value


@dataclass(frozen=True, slots=True)
class Estimate:
    """A finite value measured on `n` rows, with its spread; no spread means a fact without sampling error.

    `support` is the number of rows in the metric's own denominator (the positives of a recall), where that is
    fewer than `n`.
    """

    value: float
    n: int
    spread: Spread | None = None
    support: int | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"a measured value is finite, not {self.value}")
        if self.n < 0:
            raise ValueError(f"a measurement can't stand on {self.n} rows")

    def interval(self, level: float) -> Interval:
        """The two-sided interval at `level`; a fact without sampling error is an interval of no width."""
        spread = self.spread
        if spread is None:
            return Interval(self.value, self.value, level, "exact")
        if spread.curve is not None:
            low, high = spread.curve.bounds(upper_quantile((1 - level) / 2))
            return Interval(spread.within(low), spread.within(high), level, spread.method)
        if spread.scale is Scale.NONCENTRAL:
            low, high = noncentral.bounds(self._statistic, spread.df or 1.0, (1 - level) / 2)
            return Interval(low / self._rows, high / self._rows, level, spread.method)
        quantile = upper_quantile((1 - level) / 2, spread.df)
        if spread.scale is Scale.SCORE:
            low, high = _score_bounds(self._centre, spread.trials or 1.0, quantile)
        else:
            to, back = _TRANSFORMS[spread.scale]
            middle, reach = to(self._centre), quantile * spread.se
            low, high = back(middle - reach), back(middle + reach)
        return Interval(spread.within(low), spread.within(high), level, spread.method)

    def p_value_above(self, bound: float) -> float:
        """How easily a truth of at most `bound` gives an estimate this high (one-sided; small: it lies above)."""
        if self.spread is not None and self.spread.curve is not None and not self.spread.outside(bound):
            return tail(self.spread.curve.quantile_above(bound))
        if self.spread is not None and self.spread.scale is Scale.NONCENTRAL:
            return noncentral.share_above(self._statistic, self.spread.df or 1.0, self._rows * bound)
        return tail(self._distance(bound), self.spread.df if self.spread else None)

    def p_value_below(self, bound: float) -> float:
        """How easily a truth of at least `bound` gives an estimate this low (one-sided; small: it lies below)."""
        if self.spread is not None and self.spread.curve is not None and not self.spread.outside(bound):
            return tail(self.spread.curve.quantile_below(bound))
        if self.spread is not None and self.spread.scale is Scale.NONCENTRAL:
            return noncentral.share_below(self._statistic, self.spread.df or 1.0, self._rows * bound)
        return tail(-self._distance(bound), self.spread.df if self.spread else None)

    def rows_to_settle(self, bound: float, level: float, power: float = 0.8) -> int | None:
        """Rows in all with which an interval at `level` clears `bound` with probability `power`, if the truth
        is what was estimated; None where no number of rows would. n (z_a + z_b)^2 se^2 / distance^2, the usual
        sample size of a one-sided z-test (Chow, Shao & Wang, Sample Size Calculations, 2008, section 3.1). Of a
        divergence between two tables, both grow alike.
        """
        if self.spread is None or self.n == 0:
            return None
        quantile = upper_quantile((1 - level) / 2)
        if self.spread.scale is Scale.NONCENTRAL:
            return self._divergent_rows(bound, quantile + upper_quantile(1 - power))
        distance = abs(self._distance(bound)) if self.spread.curve is None else self._reaches(bound, level, quantile)
        if distance == 0:
            return None
        needed = (quantile + upper_quantile(1 - power)) / distance
        rows = self.n * needed * needed
        return math.ceil(rows) if math.isfinite(rows) else None

    def _reaches(self, bound: float, level: float, quantile: float) -> float:
        """Standard errors from the estimate to `bound`, as wide as the interval's end on that side makes one."""
        interval = self.interval(level)
        reach = self.value - interval.low if self.value > bound else interval.high - self.value
        return quantile * abs(self.value - bound) / reach if reach > 0 else 0.0

    @property
    def _centre(self) -> float:
        return self.value if self.spread is None or self.spread.centre is None else self.spread.centre

    def _divergent_rows(self, bound: float, sure: float) -> int | None:
        if self.spread is None or bound <= 0:
            return self.n  # no divergence is below zero
        times = noncentral.growth(self._rows * self.value, self._rows * bound, self.spread.df or 1.0, sure)
        return None if times is None else math.ceil(self.n * times)

    @property
    def _rows(self) -> float:
        """The harmonic number of rows of a divergence."""
        return (self.spread.trials if self.spread else None) or 1.0

    @property
    def _statistic(self) -> float:
        return self._rows * self._centre

    def _distance(self, bound: float) -> float:
        """Standard errors from `bound` up to the estimate; infinite where no truth reaches the bound."""
        spread = self.spread
        if spread is None:
            return _sure(self.value - bound)
        if spread.outside(bound):
            return _sure(spread.within(bound) - bound)
        if spread.scale is Scale.SCORE:
            variance, gap = bound * (1 - bound) / (spread.trials or 1.0), self._centre - bound
            return gap / math.sqrt(variance) if variance > 0 else _sure(gap)
        to, _ = _TRANSFORMS[spread.scale]
        gap = to(self._centre) - to(bound)
        return gap / spread.se if spread.se > 0 and math.isfinite(gap) else _sure(gap)


def _sure(gap: float) -> float:
    return 0.0 if gap == 0 else math.copysign(math.inf, gap)


def _score_bounds(share: float, trials: float, quantile: float) -> tuple[float, float]:
    """Wilson (1927), Probable inference: JASA 22, 209-212."""
    square = quantile * quantile
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = quantile * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials)) / (1 + square / trials)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _logit(share: float) -> float:
    if share <= 0:
        return -math.inf
    return math.inf if share >= 1 else math.log(share) - math.log1p(-share)


def _expit(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _exp(value: float) -> float:
    return math.exp(min(value, 700.0))


def _atanh(value: float) -> float:
    return math.atanh(value) if abs(value) < 1 else math.copysign(math.inf, value)


def _log_complement(value: float) -> float:
    return -_log(1 - value)


def _from_log_complement(value: float) -> float:
    return 1 - _exp(-value)


def _same(value: float) -> float:
    return value


_TRANSFORMS: dict[Scale, tuple[Callable[[float], float], Callable[[float], float]]] = {
    Scale.IDENTITY: (_same, _same),
    Scale.LOGIT: (_logit, _expit),
    Scale.LOG: (_log, _exp),
    Scale.ATANH: (_atanh, math.tanh),
    Scale.LOG_COMPLEMENT: (_log_complement, _from_log_complement),
}
