"""One run, prepared: what every face (command line, pytest, Python) measures with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import mlgate.folder_registry.builtin
import mlgate.opening.builtin
import mlgate.reports.builtin
from mlgate.gate.demanded import checks_of
from mlgate.gate.facts import gather, with_printed
from mlgate.gate.inputs import Inputs
from mlgate.gate.request import GateRequest
from mlgate.gate.settings import Settings, gate_path, settle
from mlgate.gate.verdicts import planned_by, record_of, sheet_of
from mlgate.gatefile import GateFile
from mlgate.host import Host, load_host
from mlgate.resources import Resources
from mlgate.results import CheckRun, Record, RunFacts
from mlgate.rules import CheckRules
from mlgate.runner import Execution, PlannedCheck, execute, select, without_suites
from mlgate.runner.journal import new_run_id
from mlgate.runner.lanes import Lanes


def installed_host(folder: Path | None) -> Host:
    """The plugins built in and installed, and the user's own checks in `folder`."""
    return load_host([mlgate.opening.builtin, mlgate.folder_registry.builtin, mlgate.reports.builtin], folder=folder)


@dataclass
class Session:
    """A plan with its inputs. Nothing is opened or measured before it is asked for."""

    host: Host
    settings: Settings
    plan: tuple[PlannedCheck, ...]
    resources: Resources
    id: str
    started: datetime
    lanes: Lanes = field(default_factory=Lanes)

    @classmethod
    def prepare(cls, request: GateRequest) -> Session:
        """Load plugins, read the gate file, plan. Raises `UsageError` for every mistake that needs no data."""
        path = gate_path(request)
        host = installed_host(path.parent if path is not None else request.folder)
        settings = settle(request, path, host)
        started = datetime.now(UTC)
        plan = _plan(host, settings)
        given = {
            "planned": {each.check.id: each.options for each in plan},  # so that a family reads a table once for all
            "folder": path.parent if path is not None else request.folder,
        }
        return cls(
            host=host,
            settings=settings,
            plan=plan,
            resources=Resources((*Inputs(settings, host).providers(), *host.resources), given),
            id=request.run or new_run_id(started),
            started=started,
            lanes=Lanes(last_resort=request.own_process),
        )

    @property
    def gate(self) -> GateFile:
        return self.settings.gate

    @cached_property
    def facts(self) -> RunFacts:
        """Who is judged, on what: finds and digests models and tables, without opening them."""
        planned = [planned.check.id for planned in self.plan]
        return gather(self.settings, self.host, self.resources, id=self.id, started=self.started, planned=planned)

    @cached_property
    def sheet(self) -> Mapping[str, CheckRules]:
        return sheet_of(self.plan, self.gate)

    def measure(self, plan: Sequence[PlannedCheck]) -> Iterator[CheckRun]:
        """The runs of `plan`, each as soon as it is finished."""
        request = self.settings.request
        yield from execute(plan, self.resources, Execution(request.jobs, request.time_budget), self.lanes)

    def record(self, runs: Sequence[CheckRun], *, complete: bool = True) -> Record:
        """The record of what was measured until now, decided; results stand in the order of the plan."""
        order = {planned.check.id: place for place, planned in enumerate(self.plan)}
        ordered = sorted(runs, key=lambda run: order.get(run.check, len(order)))
        seconds = (datetime.now(UTC) - self.started).total_seconds()
        facts = with_printed(self.facts, self.resources)
        return record_of(facts, ordered, self.sheet, self.gate, seconds=seconds, complete=complete)

    def adopt(self, id: str) -> None:
        """Continue the run `id`: its facts become this run's, under the old name."""
        self.facts = replace(self.facts, id=id)

    def close(self) -> None:
        self.lanes.close()
        self.resources.close()


def _plan(host: Host, settings: Settings) -> tuple[PlannedCheck, ...]:
    request, listed = settings.request, settings.gate.checks
    checks = checks_of(host, settings.gate)
    chosen = select(checks, only=request.only, skip=request.skip, listed=listed)
    measuring = without_suites(chosen, checks, request.skip)
    return tuple(planned_by(check, settings.gate) for check in measuring)
