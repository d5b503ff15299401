"""`any_of`: several demands of which one is enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mlgate.results import Measurement, Outcome
from mlgate.rules.accepted import Levels
from mlgate.rules.judgement import Demand, Judgement


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Passes if one passes, fails only if all fail. One that does not fit the measurement spoils the whole."""

    name: ClassVar[str] = "any_of"
    demands: tuple[Demand, ...]

    def __post_init__(self) -> None:
        if not self.demands:
            raise ValueError("any_of needs something to choose from: nothing at all never passes")

    def __str__(self) -> str:
        return f"any_of({', '.join(str(demand) for demand in self.demands)})"

    def judge(self, measurement: Measurement, levels: Levels, better: str) -> Judgement:
        judged = [demand.judge(measurement, levels, better) for demand in self.demands]
        for outcome in (Outcome.ERRORED, Outcome.PASSED):
            found = next((each for each in judged if each.outcome is outcome), None)
            if found is not None:
                return Judgement(outcome, found.reason)
        if all(each.outcome is Outcome.FAILED for each in judged):
            return Judgement(Outcome.FAILED, " and ".join(each.reason for each in judged))
        undecided = [each for each in judged if each.outcome is Outcome.INCONCLUSIVE]
        rows = [each.rows_needed for each in undecided if each.rows_needed is not None]
        return Judgement(Outcome.INCONCLUSIVE, " and ".join(each.reason for each in judged), min(rows, default=None))

    def without_champion(self) -> Demand | None:
        left = tuple(rest for demand in self.demands if (rest := demand.without_champion()) is not None)
        return AnyOf(left) if left else None

    def slice_p_values(self, measurement: Measurement) -> tuple[float, ...]:
        return tuple(p for demand in self.demands for p in demand.slice_p_values(measurement))
