"""The record of one run: what was judged, what was measured, what was decided and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from mlgate.results.measurement import Json, Measurement
from mlgate.results.outcome import Decision, Level, Outcome

SCHEMA: Final = "mlgate-record/1"


class RunStatus(StrEnum):
    """How the measuring itself ended, before any rule is looked at."""

    MEASURED = "measured"
    SKIPPED = "skipped"
    ERRORED = "errored"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What the runner knows of one check after it ran: a measurement, or why there is none.

    `reason` is one sentence; `cause` names the resource that could not be made, where that is why (so that twenty
    checks on one unreadable table are one message); `traceback` is for the author of a check that crashed.
    """

    check: str
    status: RunStatus
    seconds: float
    measurement: Measurement | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None
    cause: str | None = None
    traceback: str | None = None


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """One rule held against one measurement. `rows_needed` is how many further rows would settle it."""

    rule: str
    outcome: Outcome
    level: Level
    reason: str
    rows_needed: int | None = None
    waived: str | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One check in the record: its run, its rules and the worst of their outcomes.

    `void` says which failed checks make its measurement no evidence, as `data.train_test_overlap failed`; such a
    result keeps its outcome, and counts for nothing that passed.
    """

    run: CheckRun
    outcome: Outcome
    level: Level
    rule: str | None
    reason: str
    rules: tuple[RuleOutcome, ...] = ()
    required: bool = False
    void: str | None = None

    @property
    def check(self) -> str:
        return self.run.check


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """A waiver of the gate file and what it did in this run."""

    check: str
    reason: str
    owner: str
    until: str
    used: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and every reason for it, the first the most telling; `exit_code` is the process's."""

    decision: Decision
    reasons: tuple[str, ...]
    exit_code: int


class SandboxLevel(StrEnum):
    """How much of the machine is kept from a model that is opened."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How a model is confined; `lacks` names what it is not kept from, or why it is not confined at all.

    `printed` is the end of what it wrote to its standard output and error, where it wrote anything.
    """

    level: SandboxLevel
    lacks: tuple[str, ...] = ()
    printed: str | None = None


@dataclass(frozen=True, slots=True)
class ModelSubject:
    """A model that was judged or compared with: `digest` binds its bytes, `version` its place in a registry.

    `created` and `registry` say which version of that number; `generation` how often the alias had moved that the
    champion held.
    `sandbox` is how it is confined when it is opened; None in records from before there was one.
    """

    uri: str
    digest: str | None = None
    name: str | None = None
    version: str | None = None
    alias: str | None = None
    created: str | None = None
    registry: str | None = None
    generation: int | None = None
    sandbox: Sandbox | None = None


@dataclass(frozen=True, slots=True)
class DataSubject:
    """A table that was measured on; `looks` counts the candidates it has judged, this one included."""

    uri: str
    digest: str | None = None
    rows: int | None = None
    looks: int | None = None


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the decision depends on beside the measurements; `digest` is the gate file's, absent without one.

    `left_out` are checks that the caller left out, of the gate file or those whose own rules block: such a record
    promotes nothing.
    """

    confidence: float
    digest: str | None = None
    path: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trust:
    """A person's word for a model, against what was found in its files: shown and counted like a waiver.

    `model` is `candidate` or `champion`, None where the run judged no such model. `digest` is the one that is trusted,
    None where the model may bring code of its own, whatever its bytes. `by` is where that was said: `--trust-model`, or
    a line of the gate file. `overrides` is everything that was found and let pass.
    """

    by: str
    model: str | None
    digest: str | None
    overrides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The head of a record: who was judged, on what, by which gate, when and where.

    `secrets` names the variables with keys and tokens that this process held beside a model without a full sandbox.
    """

    id: str
    mlgate: str
    started: str
    candidate: ModelSubject | None
    champion: ModelSubject | None
    data: Mapping[str, DataSubject]
    gate: GateFacts
    environment: Mapping[str, str] = field(default_factory=dict)
    trust: tuple[Trust, ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One run, whole. Reports are drawn from it, and every decision in it can be made again."""

    facts: RunFacts
    verdict: Verdict
    results: tuple[Result, ...]
    seconds: float
    waivers: tuple[WaiverUse, ...] = ()
    complete: bool = True
