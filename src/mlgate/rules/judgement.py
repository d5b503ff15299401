"""A rule, what it says of a measurement, and the seam that every kind of demand fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mlgate.results import Level, Measurement, Outcome, Undecided
from mlgate.rules.accepted import Levels


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says of one measurement: `reason` is a sentence with the numbers, without its full stop.

    `rows_needed` are further rows that would settle it. `errored` means that the rule and the measurement do not fit.
    """

    outcome: Outcome
    reason: str
    rows_needed: int | None = None


class Demand(Protocol):
    """What is asked of a measurement: a small frozen object; `str()` is how records name it."""

    @property
    def name(self) -> str:
        """The rule's name in the gate file."""
        ...

    def judge(self, measurement: Measurement, levels: Levels, better: str) -> Judgement:
        """`better` is `higher`, `lower` or `neither`: which way the measured number is good."""
        ...

    def without_champion(self) -> Demand | None:
        """What is left of it on a first release: itself, unless it speaks of a champion."""
        ...

    def slice_p_values(self, measurement: Measurement) -> tuple[float, ...]:
        """One p-value for each slice that this demand makes a claim about; they share one error budget."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A demand with what it may do: `undecided` is what an inconclusive one does, None leaves it to the policy."""

    demand: Demand
    level: Level = Level.ENFORCE
    undecided: Undecided | None = None
    where: str | None = None

    @property
    def name(self) -> str:
        return self.demand.name

    def __str__(self) -> str:
        return str(self.demand)

    def judge(self, measurement: Measurement, confidence: float, better: str) -> Judgement:
        """Hold the rule against one measurement, at `confidence` (of a two-sided interval)."""
        return judge(self.demand, measurement, Levels.of(confidence), better)


def judge(demand: Demand, measurement: Measurement, levels: Levels, better: str) -> Judgement:
    """The demand's judgement; numbers too extreme for an interval are a judgement too, `errored`."""
    try:
        return demand.judge(measurement, levels, better)
    except (ValueError, ArithmeticError) as error:
        return Judgement(Outcome.ERRORED, f"{demand} could not be held against what was measured: {error}")
