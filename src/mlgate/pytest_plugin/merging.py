"""From what the tests measured to the record of the run, on disk: one for each gate and what it was held against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import pytest

from mlgate.errors import CheckError, MlgateError
from mlgate.gate import GateRequest, Session
from mlgate.gate.demanded import demanded
from mlgate.gate.from_tests import OPTION
from mlgate.pytest_plugin.gates import gates_of
from mlgate.pytest_plugin.parcels import Parcel
from mlgate.results import CheckRun, Decision, Record, RunFacts, RunStatus
from mlgate.results.record_json import from_json, to_json
from mlgate.runner import RunFolder
from mlgate.runner.journal import new_run_id
from mlgate.spec import RunFinished

if TYPE_CHECKING:
    from mlgate.pytest_plugin.keeping import RecordKeeper

STOPPED = "not run: pytest stopped before it."


@dataclass(frozen=True, slots=True)
class Kept:
    """A record and where it lies; or why it could not be kept."""

    record: Record | None = None
    path: Path | None = None
    problem: str | None = None

    @property
    def allowed(self) -> bool:
        return self.record is not None and self.problem is None and self.record.verdict.decision is Decision.ALLOWED


def keep(keeper: RecordKeeper, config: pytest.Config) -> list[Kept]:
    """Make and write the records of this run."""
    mergers = [_Merger(list(group.values()), keeper, config) for group in keeper.parcels.values()]
    return [merger.kept() for merger in mergers if merger.worth_keeping]


class _Merger:
    """Parcels of one gate, about one model and its data."""

    def __init__(self, parcels: Sequence[Parcel], keeper: RecordKeeper, config: pytest.Config) -> None:
        self._keeper = keeper
        self._config = config
        self._first = parcels[0]
        self._records = [from_json(parcel.record.encode()) for parcel in parcels]
        self._selected = keeper.selected[self._first.key]

    @property
    def worth_keeping(self) -> bool:
        """A test that recorded something and was then skipped leaves nothing to decide."""
        return bool(self._selected) or any(run.status is not RunStatus.SKIPPED for run in self._runs())

    def kept(self) -> Kept:
        record = None
        try:
            session = self._session()
            _refuse_moved([record.facts for record in self._records], session.gate.digest)
            record = session.record(self._all_runs(session))
            folder = RunFolder(session.settings.request.state / "runs" / session.id)
            folder.path.mkdir(parents=True)
            folder.write_record(to_json(record))
            session.host.notify(RunFinished(record))
            rmtree(session.settings.request.state / "cache" / self._records[0].facts.id, ignore_errors=True)
        except (MlgateError, OSError) as problem:
            return Kept(record, problem=str(problem))
        return Kept(record, folder.record_path)

    def _session(self) -> Session:
        """The gate as it was opened here, or is now, with the facts that the tests found out."""
        place = self._first
        root = Path(place.root) if place.root else None
        gate = Path(place.gate) if place.gate else None
        opened = gates_of(self._config).open(GateRequest(gate=gate, folder=Path(place.folder), root=root)).session
        plan = tuple(planned for planned in opened.plan if planned.check.id in self._selected)
        started = self._keeper.started
        session = replace(opened, plan=plan, started=started, id=new_run_id(started))
        found = self._records[0].facts
        left_out = tuple(sorted(demanded(session.host, session.gate) - set(self._selected)))
        session.facts = replace(found, id=session.id, gate=replace(found.gate, left_out=left_out))
        return session

    def _all_runs(self, session: Session) -> Sequence[CheckRun]:
        runs = {run.check: run for run in self._runs()}
        missing = [planned.check.id for planned in session.plan if planned.check.id not in runs]
        return [*runs.values(), *(self._not_run(check) for check in missing)]

    def _runs(self) -> Iterator[CheckRun]:
        """What was measured; a name that two tests recorded is an error, for one of them would be lost."""
        runs: dict[str, CheckRun] = {}
        for run in (result.run for record in self._records for result in record.results):
            other = runs.get(run.check)
            runs[run.check] = run if other is None else _claimed_twice(run, other)
        yield from runs.values()

    def _not_run(self, check: str) -> CheckRun:
        failure = self._keeper.failures.get(self._selected[check])
        if failure is None:
            return CheckRun(check, RunStatus.ERRORED, 0.0, reason=STOPPED)
        told = str(failure.longrepr)
        return CheckRun(check, RunStatus.ERRORED, 0.0, reason=f"not run: {told.splitlines()[-1]}", traceback=told)


def _claimed_twice(run: CheckRun, other: CheckRun) -> CheckRun:
    tests = " and ".join(str(each.options.get(OPTION, each.check)) for each in (other, run))
    reason = f"recorded by two tests, {tests}: give each measurement a name of its own."
    return CheckRun(run.check, RunStatus.ERRORED, 0.0, options=run.options, reason=reason)


def _refuse_moved(heads: Sequence[RunFacts], gate: str | None) -> None:
    """Every test has to have seen the same: an alias or a file can move while workers run."""
    seen = {
        "candidate": {repr(head.candidate) for head in heads},
        "champion": {repr(head.champion) for head in heads},
        "data": {repr(sorted((name, table.uri, table.digest) for name, table in head.data.items())) for head in heads},
        "gate file": {repr(digest) for digest in (gate, *(head.gate.digest for head in heads))},
    }
    moved = [name for name, found in seen.items() if len(found) > 1]
    if moved:
        raise CheckError(
            f"the {' and the '.join(moved)} changed while the tests ran, so that they judged different things.",
            hint="Run again when nothing moves.",
        )
