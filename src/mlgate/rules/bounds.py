"""`at_least`, `at_most` and `between`: a measured number against numbers of the gate file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from mlgate.results import Counted, JudgedBy, Measurement, Outcome
from mlgate.rules.accepted import Accepted, Levels
from mlgate.rules.judgement import Judgement
from mlgate.rules.measured import Measured, pick
from mlgate.rules.sentences import Sides, number, settled_by_more
from mlgate.rules.slices import SliceClaims
from mlgate.rules.too_small import held_back
from mlgate.rules.units import Quantity


class Bound(ABC):
    """What the three share: the main number or a named part of it, and the range that is accepted."""

    __slots__ = ()
    name: ClassVar[str]
    of: str | None

    @abstractmethod
    def accepted(self, unit: str) -> Accepted:
        """The range in the measurement's unit. Raises `UnitError`."""

    @property
    @abstractmethod
    def sides(self) -> Sides: ...

    def judge(self, measurement: Measurement, levels: Levels, better: str) -> Judgement:
        if self._by_slices(measurement):
            return self._claims(measurement).judge(levels)
        measured = pick(measurement, self.of)
        judged = judge_number(measured, self.accepted(measured.unit), self.sides, levels)
        return held_back(judged, measurement, self.of)

    def without_champion(self) -> Self:
        return self

    def slice_p_values(self, measurement: Measurement) -> tuple[float, ...]:
        return self._claims(measurement).p_values() if self._by_slices(measurement) else ()

    def _by_slices(self, measurement: Measurement) -> bool:
        return measurement.judged_by is JudgedBy.SLICES and self.of is None

    def _claims(self, measurement: Measurement) -> SliceClaims:
        unit = measurement.unit
        return SliceClaims(measurement.slices, unit, self.accepted(unit), self.sides)

    def _told(self, bound: str) -> str:
        return f"{self.name}({self.of}={bound})" if self.of else f"{self.name}({bound})"


@dataclass(frozen=True, slots=True)
class AtLeast(Bound):
    """Not below `bound`."""

    name: ClassVar[str] = "at_least"
    bound: Quantity
    of: str | None = None

    def __str__(self) -> str:
        return self._told(str(self.bound))

    def accepted(self, unit: str) -> Accepted:
        return Accepted(low=self.bound.to(unit))

    @property
    def sides(self) -> Sides:
        below = f"is below {self.bound}"
        return Sides(f"is at least {self.bound}", below, below, f"lies across {self.bound}")


@dataclass(frozen=True, slots=True)
class AtMost(Bound):
    """Not above `bound`."""

    name: ClassVar[str] = "at_most"
    bound: Quantity
    of: str | None = None

    def __str__(self) -> str:
        return self._told(str(self.bound))

    def accepted(self, unit: str) -> Accepted:
        return Accepted(high=self.bound.to(unit))

    @property
    def sides(self) -> Sides:
        above = f"is above {self.bound}"
        return Sides(f"is at most {self.bound}", above, above, f"lies across {self.bound}")


@dataclass(frozen=True, slots=True)
class Between(Bound):
    """Neither below `low` nor above `high`."""

    name: ClassVar[str] = "between"
    low: Quantity
    high: Quantity
    of: str | None = None

    def __str__(self) -> str:
        return f"between({self.of}=[{self.low}, {self.high}])" if self.of else f"between({self.low}, {self.high})"

    def accepted(self, unit: str) -> Accepted:
        return Accepted(self.low.to(unit), self.high.to(unit))

    @property
    def sides(self) -> Sides:
        span = f"[{self.low}, {self.high}]"
        return Sides(f"lies in {span}", f"is below {self.low}", f"is above {self.high}", f"lies partly outside {span}")


def judge_number(measured: Measured, accepted: Accepted, sides: Sides, levels: Levels) -> Judgement:
    """One number against the range it has to lie in."""
    estimate = measured.estimate
    outcome = accepted.judge(estimate, levels)
    level = levels.failing if outcome is Outcome.FAILED else levels.passing
    reason = f"{number(measured, level, accepted)} {sides.of(outcome, estimate.value, accepted)}"
    if outcome is not Outcome.INCONCLUSIVE:
        return Judgement(outcome, reason)
    needed = accepted.rows_needed(estimate, levels)
    rows = needed if measured.counted is Counted.ROWS else None
    return Judgement(outcome, reason + settled_by_more(needed, measured.counted), rows)
