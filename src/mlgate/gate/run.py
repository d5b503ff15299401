"""Run the gate: measure what was not measured yet, keep every result as it comes, decide, write the record."""

from __future__ import annotations

import json
from collections.abc import Callable

from mlgate.errors import UsageError
from mlgate.gate.request import GateRequest
from mlgate.gate.session import Session
from mlgate.results import CheckRun, Record
from mlgate.results.record_json import to_json
from mlgate.runner.execute import options_of
from mlgate.runner.journal import RunFolder, Throttle, runs
from mlgate.spec import CheckFinished, RunFinished, RunStarted

Observer = Callable[[RunStarted | CheckFinished | RunFinished], None]


def run_gate(request: GateRequest | None = None, *, observer: Observer | None = None) -> Record:
    """Measure, decide and leave a record in `<state>/runs/<id>`; `observer` sees every event.

    Raises `UsageError` for a mistake in the gate file or the request. Whatever goes wrong later is in the record.
    """
    session = Session.prepare(request or GateRequest())
    try:
        return _Run(session, observer).whole()
    finally:
        session.close()


class _Run:
    """The moving parts of one run: what was measured, and the folder that keeps it."""

    def __init__(self, session: Session, observer: Observer | None) -> None:
        self._session = session
        self._observer = observer
        self._plan = _plan_of(session)
        self._folder = self._resumed() or self._created()
        planned = {check.check.id for check in session.plan}
        self._runs: list[CheckRun] = [run for run in self._folder.measured() if run.check in planned]
        self._throttle = Throttle()

    def whole(self) -> Record:
        session = self._session
        self._tell(RunStarted(session.facts, tuple(planned.check.id for planned in session.plan)))
        done = {run.check for run in self._runs}
        for run in session.measure([planned for planned in session.plan if planned.check.id not in done]):
            self._keep(run)
        record = session.record(self._runs)
        self._folder.write_record(to_json(record))
        self._tell(RunFinished(record))
        return record

    def _keep(self, run: CheckRun) -> None:
        run = self._folder.append(run)
        self._runs.append(run)
        self._throttle.write(self._write_unfinished)
        self._tell(CheckFinished(run, len(self._runs), len(self._session.plan)))

    def _write_unfinished(self) -> None:
        self._folder.write_record(to_json(self._session.record(self._runs, complete=False)))

    def _tell(self, event: RunStarted | CheckFinished | RunFinished) -> None:
        if self._observer is not None:
            self._observer(event)
        self._session.host.notify(event)

    def _created(self) -> RunFolder:
        return RunFolder.create(self._session.settings.request.state, self._session.facts.id, self._plan)

    def _resumed(self) -> RunFolder | None:
        """The unfinished run to continue, if that was asked for."""
        request = self._session.settings.request
        if not request.resume:
            return None
        folder = next(iter(runs(request.state)), None)
        if folder is None:
            raise UsageError(f"there is no run in {request.state} to resume.", hint="Run without --resume.")
        if folder.plan() != self._plan:
            raise UsageError(
                f"the run {folder.id} was of another model, other data, another gate file or other checks.",
                hint="What it measured can't be mixed with this: run without --resume.",
            )
        self._session.adopt(folder.id)
        return folder


def _plan_of(session: Session) -> bytes:
    """What must be the same for two runs to be one: the bytes that are judged, and every option."""
    facts = session.facts
    return json.dumps(
        {
            "candidate": facts.candidate and [facts.candidate.uri, facts.candidate.digest],
            "champion": facts.champion and [facts.champion.uri, facts.champion.digest],
            "data": {name: [table.uri, table.digest] for name, table in facts.data.items()},
            "gate": facts.gate.digest,
            "trust": sorted(session.settings.request.trust),
            "checks": {planned.check.id: options_of(planned.options) for planned in session.plan},
        },
        indent=1,
        sort_keys=True,
    ).encode()
