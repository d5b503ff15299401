"""The rules against the champion: the paired difference on the same rows, against a margin."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from mlgate.results import Comparison, Counted, Measurement, Outcome
from mlgate.rules.accepted import Accepted, Levels
from mlgate.rules.judgement import Judgement
from mlgate.rules.measured import Unfit
from mlgate.rules.numbers import decimals_for, fixed, in_unit, spanned, stated
from mlgate.rules.sentences import settled_by_more
from mlgate.rules.too_small import held_back

DEFAULT_MARGIN = 0.01
DEFAULT_RELATIVE_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class Margin:
    """How much the champion's number may differ: `size` in its unit; `share` is of the champion's own number."""

    size: float
    share: float | None = None
    champion: float = 0.0

    def said(self, unit: str) -> str:
        if self.share is None:
            return in_unit(stated(self.size), unit)
        decimals = decimals_for(self.champion, self.champion, self.champion)
        size = fixed(self.size, max(decimals, decimals_for(self.size, self.size, self.size)))
        own = in_unit(fixed(self.champion, decimals), unit)
        return f"{in_unit(size, unit)} ({stated(round(self.share * 100, 6))}% of the champion's {own})"


class AgainstChampion(ABC):
    """What both rules share: direction, margin and sentence."""

    __slots__ = ()
    name: ClassVar[str]
    margin: float | None
    relative_margin: float | None

    def judge(self, measurement: Measurement, levels: Levels, better: str) -> Judgement:
        comparison = measurement.comparison
        if comparison is None:
            raise Unfit("the check did not measure the champion on the same rows")
        case = _Case(comparison, _higher_is_better(comparison, better), self.margin_for(comparison), measurement.unit)
        accepted = self.accepted(case)
        outcome = accepted.judge(comparison.difference, levels)
        level = levels.failing if outcome is Outcome.FAILED else levels.passing
        reason = f"{case.distance(level)}; {self.condition(case)}"
        if outcome is not Outcome.INCONCLUSIVE:
            return held_back(Judgement(outcome, reason), measurement)
        needed, counted = accepted.rows_needed(comparison.difference, levels), measurement.counted
        rows = needed if counted is Counted.ROWS else None
        across = Judgement(
            outcome, f"{reason}, and the interval lies across it{settled_by_more(needed, counted)}", rows
        )
        return held_back(across, measurement)

    def without_champion(self) -> None:
        return None

    def slice_p_values(self, measurement: Measurement) -> tuple[float, ...]:
        return ()

    def margin_for(self, comparison: Comparison) -> Margin:
        """The absolute margin for bounded metrics, the relative one for others; the only one stated, for any."""
        absolute = self.relative_margin is None or (comparison.bounded and self.margin is not None)
        if absolute:
            return Margin(self.margin or 0.0)
        share, champion = self.relative_margin or 0.0, comparison.champion.value
        return Margin(share * abs(champion), share, champion)

    @abstractmethod
    def accepted(self, case: _Case) -> Accepted:
        """The differences candidate - champion that are good enough."""

    @abstractmethod
    def condition(self, case: _Case) -> str: ...

    def _told(self) -> str:
        absolute = [stated(self.margin)] if self.margin is not None else []
        relative = [f"relative_margin={stated(self.relative_margin)}"] if self.relative_margin is not None else []
        return f"{self.name}({', '.join([*absolute, *relative])})"


@dataclass(frozen=True, slots=True)
class NotWorseThanChampion(AgainstChampion):
    """Worse than the champion by at most a margin."""

    name: ClassVar[str] = "not_worse_than_champion"
    margin: float | None = DEFAULT_MARGIN
    relative_margin: float | None = DEFAULT_RELATIVE_MARGIN

    def __str__(self) -> str:
        return self._told()

    def accepted(self, case: _Case) -> Accepted:
        return Accepted(low=-case.margin.size) if case.higher_is_better else Accepted(high=case.margin.size)

    def condition(self, case: _Case) -> str:
        return f"the margin is {case.margin.said(case.unit)}"


@dataclass(frozen=True, slots=True)
class BetterThanChampion(AgainstChampion):
    """Better than the champion, by more than a margin where one is stated."""

    name: ClassVar[str] = "better_than_champion"
    margin: float | None = None
    relative_margin: float | None = None

    def __str__(self) -> str:
        return self._told()

    def accepted(self, case: _Case) -> Accepted:
        size = case.margin.size
        return Accepted(low=size, open=True) if case.higher_is_better else Accepted(high=-size, open=True)

    def condition(self, case: _Case) -> str:
        return (
            f"it has to be better by more than {case.margin.said(case.unit)}"
            if case.margin.size
            else "it has to be better"
        )


@dataclass(frozen=True, slots=True)
class _Case:
    comparison: Comparison
    higher_is_better: bool
    margin: Margin
    unit: str

    def distance(self, level: float) -> str:
        """`worse than the champion by 0.031 [0.012, 0.050]`."""
        difference = self.comparison.difference
        if difference.spread is None and difference.value == 0:
            return "level with the champion"
        interval = difference.interval(level)
        worse = (difference.value < 0) == self.higher_is_better and difference.value != 0
        sign = 1 if worse != self.higher_is_better else -1
        value, low, high = (sign * end for end in (difference.value, interval.low, interval.high))
        text = spanned(value, min(low, high), max(low, high), self.unit, apart=(self.margin.size, -self.margin.size))
        if difference.spread is None:
            text = text.partition(" [")[0]
        return f"{'worse' if worse else 'better'} than the champion by {text}"


def _higher_is_better(comparison: Comparison, better: str) -> bool:
    if comparison.higher_is_better is not None:
        return comparison.higher_is_better
    if better == "neither":
        raise Unfit("the check does not say which way its number is good, so neither model is the better one")
    return better == "higher"
