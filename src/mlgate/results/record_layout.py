"""The record's JSON, key by key: the published format, beside the classes that Python works with.

Keys may be added; these stay. A class of `mlgate.results` that stands here as it is has the same keys in JSON.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from mlgate.results.measurement import Location, TooSmall
from mlgate.results.outcome import Counted, JudgedBy, Level, Outcome, Severity
from mlgate.results.record import (
    DataSubject,
    GateFacts,
    ModelSubject,
    RuleOutcome,
    RunStatus,
    Trust,
    Verdict,
    WaiverUse,
)
from mlgate.stats import Interval, Spread

JsonObject = dict[str, Any]
Instant = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$",
        description="UTC, ISO 8601.",
        examples=["2026-11-24T08:30:00Z"],
    ),
]
Seconds = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]


class NumberEntry(Struct, frozen=True, kw_only=True):
    """A measured number on `n` rows (`support` of them in its denominator) with its interval at the gate's confidence.

    `spread` is what the interval was drawn from, and from which one of any other level can be; null where the number
    is a fact without sampling error.
    """

    value: float
    n: Count
    support: Count | None
    interval: Interval
    spread: Spread | None


class SliceEntry(NumberEntry, frozen=True):
    """The same number (or the one that `metric` names) on the rows where each column named has the value beside it, or
    that fulfil the condition.
    """

    slice: dict[str, str]
    condition: str = ""
    metric: str | None = None


class PartEntry(NumberEntry, frozen=True):
    """A second number of the same measurement."""

    name: str
    unit: str


class ComparisonEntry(Struct, frozen=True):
    """The champion's number on the same rows, and the paired difference candidate - champion."""

    champion: NumberEntry
    difference: NumberEntry
    higher_is_better: bool | None
    bounded: bool


class MeasurementEntry(Struct, frozen=True):
    """What a check measured; value, n, interval and spread are null where it found things instead of a number."""

    value: float | None
    unit: str
    n: Count | None
    support: Count | None
    interval: Interval | None
    spread: Spread | None
    slices: tuple[SliceEntry, ...]
    parts: tuple[PartEntry, ...]
    comparison: ComparisonEntry | None
    judged_by: JudgedBy
    notes: tuple[str, ...]
    data: JsonObject
    too_small: tuple[TooSmall, ...] = ()
    counted: Counted = Counted.ROWS


class FindingEntry(Struct, frozen=True):
    """One thing that is wrong."""

    message: str
    severity: Severity
    location: Location | None
    data: JsonObject


class RunEntry(Struct, frozen=True):
    """One check as it ran, before any rule: a line of the journal, and a part of a result.

    `problem` says why there is no measurement, `cause` names the resource that could not be made.
    """

    check: str
    status: RunStatus
    seconds: Seconds
    options: JsonObject
    measurement: MeasurementEntry | None
    findings: tuple[FindingEntry, ...]
    problem: str | None
    cause: str | None
    traceback: str | None


class ResultEntry(Struct, frozen=True):
    """One check: what its rules made of it, and what it measured. `rule` is the one that `reason` speaks of.

    `void` says why its measurement is no evidence (a confirmed leak); null or absent where it is.
    """

    check: str
    outcome: Outcome
    level: Level
    rule: str | None
    reason: str
    required: bool
    status: RunStatus
    seconds: Seconds
    options: JsonObject
    measurement: MeasurementEntry | None
    findings: tuple[FindingEntry, ...]
    rules: tuple[RuleOutcome, ...]
    problem: str | None
    cause: str | None
    traceback: str | None
    void: str | None = None


class RecordEntry(Struct, frozen=True):
    """One run of mlgate: who was judged, on what, by which gate, what was measured, what was decided and why."""

    schema: Literal["mlgate-record/1"]
    id: str
    mlgate: str
    started: Instant
    seconds: Seconds
    complete: bool
    candidate: ModelSubject | None
    champion: ModelSubject | None
    data: dict[str, DataSubject]
    gate: GateFacts
    environment: dict[str, str]
    verdict: Verdict
    results: tuple[ResultEntry, ...]
    waivers: tuple[WaiverUse, ...]
    trust: tuple[Trust, ...] = ()
    secrets: tuple[str, ...] = ()
