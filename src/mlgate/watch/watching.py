"""One look: measure the holder on new rows, and roll back on a broken rule; and a loop of looks that ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from mlgate.errors import ExitCode, MlgateError, RegistryError
from mlgate.gate import GateRequest, run_gate
from mlgate.promotion import Rollback, roll_back
from mlgate.results import Record
from mlgate.spec import Registry


class Outcome(StrEnum):
    """What a look came to."""

    HEALTHY = "healthy"
    BROKEN = "broken"
    """An enforcing rule is broken on the new rows."""
    UNDECIDED = "undecided"
    ERROR = "error"
    """It could not be measured: that is no reason to take a model away."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched: the alias of a model, on which rows, and what may be done about it.

    `request` holds the gate file and the folders of the run; its model, champion and test table are set here.
    """

    name: str
    alias: str
    rows: str
    request: GateRequest
    roll_back: bool = True
    rollback: Rollback | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `moved_to` is the version that was rolled back to; `problem` why something could not be done."""

    outcome: Outcome
    version: str | None
    time: datetime
    record: Record | None = None
    moved_to: str | None = None
    problem: str | None = None
    reasons: tuple[str, ...] = field(default=())

    @property
    def exit_code(self) -> ExitCode:
        codes = {
            Outcome.HEALTHY: ExitCode.ALLOWED,
            Outcome.BROKEN: ExitCode.DENIED,
            Outcome.UNDECIDED: ExitCode.UNDECIDED,
            Outcome.ERROR: ExitCode.COULD_NOT_RUN,
        }
        return codes[self.outcome]


def watch(
    asked: Watch,
    *,
    registry: Registry,
    lasting: timedelta | None = None,
    every: timedelta = timedelta(hours=1),
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Look]:
    """One look, or one each `every` until `lasting` has passed or the model was rolled back."""
    end = clock() + (lasting.total_seconds() if lasting is not None else 0)
    while True:
        started = clock()
        look = _look(asked, registry)
        yield look
        pause = every.total_seconds() - (clock() - started)
        if lasting is None or look.moved_to is not None or clock() + max(pause, 0) >= end:
            return
        sleep(max(pause, 0))


def _look(asked: Watch, registry: Registry) -> Look:
    now = datetime.now(UTC)
    version: str | None = None
    try:
        holder = registry.holder(asked.name, asked.alias)
        if holder is None:
            raise RegistryError(f"nobody holds {asked.name}@{asked.alias}: there is nothing to watch.")
        version = holder.version
        tables = {**asked.request.tables, "test": asked.rows}
        record = run_gate(replace(asked.request, model=holder.uri, tables=tables, alone=True))
    except MlgateError as error:
        return Look(Outcome.ERROR, version, now, problem=str(error))
    outcome = _outcome(record)
    look = Look(outcome, version, now, record, reasons=record.verdict.reasons)
    return _rolled_back(look, asked, registry) if outcome is Outcome.BROKEN and asked.roll_back else look


def _outcome(record: Record) -> Outcome:
    """A denial because something could not be measured says nothing about the model."""
    outcomes = {
        ExitCode.ALLOWED: Outcome.HEALTHY,
        ExitCode.DENIED: Outcome.BROKEN,
        ExitCode.UNDECIDED: Outcome.UNDECIDED,
    }
    return outcomes.get(ExitCode(record.verdict.exit_code), Outcome.ERROR)


def _rolled_back(look: Look, asked: Watch, registry: Registry) -> Look:
    """The look, with where the alias went; only if the version that was measured still holds it."""
    wanted = asked.rollback or Rollback(asked.name, asked.alias)
    reason = f"watch: {look.reasons[0]}" if look.reasons else "watch: a rule is broken"
    try:
        holder = registry.holder(asked.name, asked.alias)
        if holder is None or holder.version != look.version:
            return replace(look, problem="somebody moved the alias meanwhile, so it is left alone.")
        move = roll_back(replace(wanted, reason=reason), registry=registry)
    except MlgateError as error:
        return replace(look, problem=f"it could not be rolled back: {error}")
    return replace(look, moved_to=move.version)
