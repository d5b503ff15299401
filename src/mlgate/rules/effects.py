"""What the decision is made of: the circumstances, and a result with its effect on the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from mlgate.results import Result
from mlgate.rules.policy import CheckRules, Policy, Vouched, Waiver


class Effect(IntEnum):
    """What one outcome does to the verdict, the weakest first."""

    NONE = 0
    UNDECIDES = 1
    COULD_NOT_RUN = 2
    DENIES = 3


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on beside runs and rules. `waivers` are those that hold today.

    `slice_levels` is the level at which one slice fails, for each family and level of rules.
    """

    policy: Policy
    waivers: tuple[Waiver | Vouched, ...]
    looks: int
    has_champion: bool
    slice_levels: Mapping[tuple[str, int, bool], float]


@dataclass(frozen=True, slots=True)
class Standing:
    """A result with its effect. `reasons` are those of the outcomes that have one, each with its own effect.

    `enforced` says whether an enforcing rule was held against a measurement, or lawfully set aside; `present` whether
    the check was in the plan at all.
    """

    result: Result
    rules: CheckRules
    reasons: tuple[tuple[Effect, str], ...] = ()
    enforced: bool = False
    present: bool = True

    @property
    def effect(self) -> Effect:
        return max((effect for effect, _ in self.reasons), default=Effect.NONE)
