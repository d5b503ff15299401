"""A bound held against every slice: each is a claim of its own, and all share one error budget."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.results import Outcome, SliceMeasurement
from mlgate.rules.accepted import Accepted, Levels
from mlgate.rules.budget import holm_level
from mlgate.rules.judgement import Judgement
from mlgate.rules.measured import Measured, Unfit
from mlgate.rules.numbers import count
from mlgate.rules.sentences import Sides, number, settled_by
from mlgate.stats import Estimate

MIN_ROWS = 50
MIN_SUPPORT = 30


@dataclass(frozen=True, slots=True)
class SliceClaims:
    """The claims that one bound makes about the slices of one measurement."""

    slices: Sequence[SliceMeasurement]
    unit: str
    accepted: Accepted
    sides: Sides

    def p_values(self) -> tuple[float, ...]:
        """Of the slices that are large enough to be claims."""
        return tuple(self.accepted.p_value(each.estimate) for each in self.slices if not _too_small(each.estimate))

    def judge(self, levels: Levels) -> Judgement:
        """Failed where one slice fails, passed where all pass. Raises `Unfit` where there is no slice."""
        if not self.slices:
            raise Unfit("it is judged by slices, and none was measured")
        own = holm_level(self.p_values(), levels.passing)
        shared = Levels(levels.passing, own if levels.slices is None else levels.slices)
        judged = [self._judge(each, shared) for each in self.slices]
        return _Summary(judged, self, levels.passing).judgement()

    def _judge(self, each: SliceMeasurement, levels: Levels) -> _Judged:
        if _too_small(each.estimate):
            return _Judged(each, Outcome.INCONCLUSIVE, _rows_to_count(each.estimate))
        outcome = self.accepted.judge(each.estimate, levels)
        if outcome is not Outcome.INCONCLUSIVE:
            return _Judged(each, outcome)
        return _Judged(each, outcome, self.accepted.rows_needed(each.estimate, levels))


@dataclass(frozen=True, slots=True)
class _Judged:
    slice: SliceMeasurement
    outcome: Outcome
    rows_needed: int | None = None

    @property
    def too_small(self) -> bool:
        return _too_small(self.slice.estimate)


@dataclass(frozen=True, slots=True)
class _Summary:
    """All slices of one bound in one sentence, that names the worst."""

    judged: Sequence[_Judged]
    claims: SliceClaims
    level: float

    def judgement(self) -> Judgement:
        found = {each.outcome for each in self.judged}
        order = (Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.PASSED)
        outcome = next(outcome for outcome in order if outcome in found)
        worst = self._worst([each for each in self.judged if each.outcome is outcome])
        reason = f"{worst.slice.name}: {self._told(worst)}{self._place(worst)}"
        if outcome is not Outcome.INCONCLUSIVE:
            return Judgement(outcome, reason)
        rows = [each.rows_needed for each in self.judged if each.rows_needed is not None]
        advice = settled_by(worst.rows_needed, f"more rows of {worst.slice.name}")
        return Judgement(outcome, reason + advice, max(rows, default=None))

    def _worst(self, candidates: Sequence[_Judged]) -> _Judged:
        def harm(each: _Judged) -> tuple[bool, float, str]:
            return each.too_small, -self.claims.accepted.shortfall(each.slice.estimate.value), each.slice.name

        return min(candidates, key=harm)

    def _told(self, worst: _Judged) -> str:
        estimate, accepted = worst.slice.estimate, self.claims.accepted
        if worst.too_small:
            return _too_few(estimate)
        outcome, doubt = worst.outcome, ""
        if outcome is Outcome.INCONCLUSIVE and accepted.judge(estimate, Levels.of(self.level)) is Outcome.FAILED:
            outcome, doubt = Outcome.FAILED, ", but not surely enough for slices that share one error budget"
        side = self.claims.sides.of(outcome, estimate.value, accepted)
        return f"{number(Measured(estimate, self.claims.unit), self.level, accepted)} {side}{doubt}"

    def _place(self, worst: _Judged) -> str:
        rank = "one" if worst.too_small else "the worst"
        place = f"; {rank} of {count(len(self.judged), 'slice')}" if len(self.judged) > 1 else "; the only slice"
        others = Counter(each.outcome for each in self.judged if each is not worst)
        said = [
            f"{others[outcome]} more {outcome}" for outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE) if others[outcome]
        ]
        return place + (f" ({', '.join(said)})" if said else "")


def _too_small(estimate: Estimate) -> bool:
    return estimate.n < MIN_ROWS or _support(estimate) < MIN_SUPPORT


def _support(estimate: Estimate) -> int:
    return estimate.n if estimate.support is None else estimate.support


def _rows_to_count(estimate: Estimate) -> int:
    """Further rows with which the slice is large enough, if its share of supporting rows stays as it is."""
    for_support = math.ceil((MIN_SUPPORT - _support(estimate)) * estimate.n / max(1, _support(estimate)))
    return max(1, MIN_ROWS - estimate.n, for_support)


def _too_few(estimate: Estimate) -> str:
    if estimate.n < MIN_ROWS:
        return f"{count(estimate.n, 'row')}, and a slice needs {MIN_ROWS} to be judged"
    return (
        f"{count(_support(estimate), 'row')} in the metric's denominator, and a slice needs {MIN_SUPPORT} to be judged"
    )
