"""What can happen to a check, what a rule may do, and how a run ends."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What happened to one check, or to one of its rules."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"
    ERRORED = "errored"


class Level(StrEnum):
    """What a rule may do: block, be shown, be recorded."""

    ENFORCE = "enforce"
    WARN = "warn"
    OBSERVE = "observe"


class Undecided(StrEnum):
    """What an inconclusive rule does to a promotion."""

    DENY = "deny"
    ALLOW = "allow"


class Decision(StrEnum):
    """How a run ends."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDECIDED = "undecided"


class Severity(StrEnum):
    """How bad a finding is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Counted(StrEnum):
    """What the `n` of a measurement counts."""

    ROWS = "rows"
    REQUESTS = "requests"


class JudgedBy(StrEnum):
    """Which numbers of a measurement its rules speak of."""

    VALUE = "value"
    SLICES = "slices"
    """Every slice is a claim of its own; they share one error budget (Holm)."""
