"""The numbers that a rule accepts, and what an interval says about them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlgate.results import Outcome
from mlgate.stats import Estimate, Interval


@dataclass(frozen=True, slots=True)
class Levels:
    """How sure a pass and a failure must be: the levels of two-sided intervals.

    They are one number unless a test set has judged several candidates (a pass must then be surer) or many slices
    share one error budget (a failure must). `slices` is the level at which one of many slices fails, shared with all
    slices of the run; None shares it among the slices of the measurement at hand alone.
    """

    passing: float
    failing: float
    slices: float | None = None

    @classmethod
    def of(cls, confidence: float) -> Levels:
        return cls(confidence, confidence)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Everything from `low` to `high`. The ends belong to it, unless it is `open`."""

    low: float = -math.inf
    high: float = math.inf
    open: bool = False

    def holds(self, value: float) -> bool:
        return self.low < value < self.high if self.open else self.low <= value <= self.high

    def judge(self, estimate: Estimate, levels: Levels) -> Outcome:
        """Wholly on the bad side, wholly on the good side, or across the bound."""
        failing = estimate.interval(levels.failing)
        if self._below(failing) or self._above(failing):
            return Outcome.FAILED
        passing = estimate.interval(levels.passing)
        if self.holds(passing.low) and self.holds(passing.high):
            return Outcome.PASSED
        return Outcome.INCONCLUSIVE

    def p_value(self, estimate: Estimate) -> float:
        """How easily an acceptable truth gives an estimate this bad (one-sided)."""
        below = estimate.p_value_below(self.low) if math.isfinite(self.low) else 1.0
        above = estimate.p_value_above(self.high) if math.isfinite(self.high) else 1.0
        return min(below, above)

    def shortfall(self, value: float) -> float:
        """How far `value` lies on the bad side; negative on the good side."""
        return max(self.low - value, value - self.high)

    def rows_needed(self, estimate: Estimate, levels: Levels) -> int | None:
        """Further rows that would settle an inconclusive estimate, if the truth is what was estimated."""
        if self.holds(estimate.value):
            interval = estimate.interval(levels.passing)
            crossed = [bound for bound in (self.low, self.high) if interval.low <= bound <= interval.high]
            return _most([estimate.rows_to_settle(bound, levels.passing) for bound in crossed], estimate.n)
        bound = self.low if estimate.value <= self.low else self.high
        return _most([estimate.rows_to_settle(bound, levels.failing)], estimate.n)

    def _below(self, interval: Interval) -> bool:
        return interval.high <= self.low if self.open else interval.high < self.low

    def _above(self, interval: Interval) -> bool:
        return interval.low >= self.high if self.open else interval.low > self.high


def _most(rows: list[int | None], n: int) -> int | None:
    known = [total for total in rows if total is not None]
    if not known or len(known) < len(rows):
        return None
    return max(1, max(known) - n)
