"""What a gate file says beside the rules: its policy, its waivers, and what one check is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mlgate.results import Json, Level, SandboxLevel, Undecided
from mlgate.rules.accepted import Levels
from mlgate.rules.judgement import Rule

DEFAULT_STAGE = 3


class Bootstrap(StrEnum):
    """What the rules against a champion do on a first release, when there is none."""

    ALLOW = "allow"
    DENY = "deny"


class Secrets(StrEnum):
    """What a run does that holds keys or tokens while it would open a model without a full sandbox."""

    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Policy:
    """How sure decisions are, and what happens where they can't be.

    `looks` is how many candidates one test set may judge: they share its error budget. `sandbox` is the least that a
    model is opened in; what needs more than the platform gives is not opened. `skip` are patterns of checks that this
    gate goes without: a run is whole without them.
    """

    confidence: float = 0.95
    undecided: Undecided = Undecided.DENY
    bootstrap: Bootstrap = Bootstrap.ALLOW
    looks: int = 20
    sandbox: SandboxLevel = SandboxLevel.NONE
    secrets: Secrets = Secrets.WARN
    skip: tuple[str, ...] = ()

    @property
    def levels(self) -> Levels:
        return Levels.of(self.confidence)

    def levels_at(self, looks: int) -> Levels:
        """After the first look, proof of safety takes the budget's share of one look; proof of harm stays as it is."""
        if looks <= 1:
            return self.levels
        return Levels(1 - (1 - self.confidence) / self.looks, self.confidence)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named exception to the rules of one check, or to its one `rule`; it holds through the day `until`."""

    check: str
    reason: str
    owner: str
    until: date
    where: str | None = None
    rule: str | None = None

    def expired(self, today: date) -> bool:
        return today > self.until

    def covers(self, check: str, rule: str) -> bool:
        return check == self.check and self.rule in (None, rule)

    def __str__(self) -> str:
        return f"{self.reason} ({self.owner}, until {self.until.isoformat()})"


@dataclass(frozen=True, slots=True)
class Vouched:
    """An exception for everything that a check found: a person vouches for what was looked at, and `by` says where."""

    check: str
    by: str

    def covers(self, check: str, rule: str) -> bool:
        return check == self.check

    def __str__(self) -> str:
        return f"vouched for ({self.by})"


@dataclass(frozen=True, slots=True)
class CheckRules:
    """What one check is held to.

    `stated` tells rules of the gate file from a check's own defaults, which are guardrails: an inconclusive one is
    shown and does not deny, unless the check is `primary`. `required` means that the gate file lists the check, so
    that it may not be missing; with `may_skip` it may find nothing to measure, as a member of a suite. `options` are
    those that it has to be measured with; None does not ask. `level` is that of a check without rules. `voids` are
    patterns of the checks whose results are no evidence where this one fails.
    """

    check: str
    rules: tuple[Rule, ...] = ()
    better: str = "neither"
    stage: int = DEFAULT_STAGE
    required: bool = False
    may_skip: bool = False
    primary: bool = False
    where: str | None = None
    options: Mapping[str, Json] | None = None
    stated: bool = True
    level: Level | None = None
    voids: tuple[str, ...] = ()

    def undecided(self, rule: Rule, policy: Policy) -> Undecided:
        """What `rule` does to the verdict when it is inconclusive."""
        if rule.undecided is not None:
            return rule.undecided
        return policy.undecided if self.stated or self.primary else Undecided.ALLOW

    @property
    def enforces(self) -> bool:
        """Whether it holds a rule that may block."""
        return any(rule.level is Level.ENFORCE for rule in self.rules)

    @property
    def strongest(self) -> Level:
        """What an outcome that no rule saw may do: as much as the strongest rule; everything, where there is none."""
        levels = {rule.level for rule in self.rules} or {self.level or Level.ENFORCE}
        return next(level for level in Level if level in levels)

    @property
    def family(self) -> str:
        return self.check.partition(".")[0]
