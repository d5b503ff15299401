"""`mlgate.toml` as a file of tests: one item per check, by its id."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlgate.errors import MlgateError
from mlgate.gate import GateRequest
from mlgate.pytest_plugin import GateWarning
from mlgate.pytest_plugin.gates import GATE, OpenGate, gates_of
from mlgate.pytest_plugin.keeping import start_keeping
from mlgate.pytest_plugin.parcels import Parcel, pack, send
from mlgate.pytest_plugin.wording import complaint, properties, sentence
from mlgate.results import Level, Outcome, Result
from mlgate.rules.effects import Effect
from mlgate.runner import PlannedCheck

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr


def gate_file(path: Path, parent: pytest.Collector) -> GateFileCollector | None:
    """The collector of a gate file; None where a pyproject.toml is none."""
    if path.name == "pyproject.toml" and not _governs(path):
        return None
    start_keeping(parent.config)
    collector: GateFileCollector = GateFileCollector.from_parent(parent, path=path)
    return collector


def _governs(path: Path) -> bool:
    """An mlgate.toml beside it wins. A file that is no TOML is collected, so that its mistake is told."""
    if (path.parent / "mlgate.toml").exists():
        return False
    try:
        return "mlgate" in tomllib.loads(path.read_text("utf-8")).get("tool", {})
    except ValueError:
        return True


class GateFileCollector(pytest.File):
    """A gate file. What is wrong with it is one collection error that lists every mistake."""

    def collect(self) -> Iterator[pytest.Item]:
        request = GateRequest(gate=self.path, folder=self.path.parent)
        try:
            gate = gates_of(self.config).open(request)
        except MlgateError as mistake:
            raise self.CollectError(str(mistake)) from mistake
        for family in sorted({planned.check.family for planned in gate.session.plan}):
            self.config.addinivalue_line("markers", f"{family}: a check of the family {family}")
        for planned in gate.session.plan:
            yield CheckItem.from_parent(self, name=planned.check.id, gate=gate, planned=planned)


class CheckItem(pytest.Item):
    """One check. It is judged by itself; the verdict over all checks comes when the run ends."""

    def __init__(self, *, gate: OpenGate, planned: PlannedCheck, **node: object) -> None:
        super().__init__(**node)  # type: ignore[arg-type]  # pytest's own arguments, handed on
        self.gate = gate
        self.planned = planned
        self.stash[GATE] = gate
        self.add_marker("mlgate")
        self.add_marker(planned.check.family)

    def runtest(self) -> None:
        run = self.gate.measure(self.planned)
        parcel = pack(self.gate, [run], self.session.items)
        send(self, lambda report: self._sent(report, parcel))
        rules = self.gate.session.sheet[run.check]
        standing = self.gate.standing(run, rules)
        self.user_properties += properties(standing.result, self._confidence)
        if standing.effect is not Effect.NONE:
            pytest.fail(self._complaint(standing.result), pytrace=False)
        if standing.result.outcome is Outcome.SKIPPED:
            pytest.skip(standing.result.reason)
        if _warns(standing.result):
            self.warn(GateWarning(sentence(standing.result)))

    def _sent(self, report: pytest.TestReport, parcel: Parcel) -> Parcel | None:
        """The report of the check carries what was measured; one that was skipped speaks of its gate file's line."""
        if report.when != "call":
            return None
        if report.skipped and isinstance(report.longrepr, tuple):
            path, line, _ = self.reportinfo()
            report.longrepr = (str(path), line + 1, report.longrepr[2])
        return parcel

    def _complaint(self, result: Result) -> str:
        return complaint(result, self.planned.check, self._confidence)

    @property
    def _confidence(self) -> float:
        return self.gate.session.gate.policy.confidence

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str | TerminalRepr:
        """A mistake that somebody can mend is told without a traceback."""
        if isinstance(excinfo.value, MlgateError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The check's table in the gate file, or the file's first line, counted from 0. A bare id as the name would be
        printed with `::` for its dots."""
        entry = self.gate.session.gate.checks.get(self.name)
        line = (entry.where or "").rpartition(":")[2] if entry is not None else ""
        return self.path, int(line) - 1 if line.isdigit() else 0, f"check {self.name}"


def _warns(result: Result) -> bool:
    """A rule of level warn that was not met, and that nobody waived."""
    if not result.rules:
        return result.level is Level.WARN and result.outcome is not Outcome.PASSED
    unmet = (Outcome.FAILED, Outcome.ERRORED)
    return any(rule.level is Level.WARN and rule.outcome in unmet and not rule.waived for rule in result.rules)
