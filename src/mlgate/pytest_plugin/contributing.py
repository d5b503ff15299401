"""Measurements that a test contributes, held until the outcome of the test is known."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mlgate.errors import UsageError
from mlgate.gate.from_tests import failed, skipped
from mlgate.pytest_plugin.gates import OpenGate
from mlgate.pytest_plugin.keeping import start_keeping
from mlgate.pytest_plugin.parcels import Parcel, pack, send
from mlgate.results import CheckRun


class Contributions:
    """What one test recorded, and how it fared until now. Its last report takes them along."""

    def __init__(self, item: pytest.Item, gate: OpenGate) -> None:
        self._gate = gate
        self._items = item.session.items
        self._runs: list[CheckRun] = []
        self._failure: str | None = None
        self._skip: str | None = None
        start_keeping(item.config)
        send(item, self._send)

    def add(self, run: CheckRun) -> None:
        """Raises `UsageError` where the test recorded that name before."""
        if any(run.check == other.check for other in self._runs):
            raise UsageError(f"this test recorded {run.check} already.", hint="Give each measurement its own name.")
        self._runs.append(run)

    def _send(self, report: pytest.TestReport) -> Parcel | None:
        if report.failed and self._failure is None:
            self._failure = _line(report)
        elif report.skipped:
            self._skip = _line(report)
        if report.when != "teardown":
            return None
        return pack(self._gate, self._settled(), self._items)

    def _settled(self) -> Sequence[CheckRun]:
        """The runs with the outcome of the test: its first failure, in whatever phase, is theirs."""
        if self._failure is not None:
            return [failed(run, self._failure) for run in self._runs]
        if self._skip is not None:
            return [skipped(run, self._skip) for run in self._runs]
        return self._runs


def _line(report: pytest.TestReport) -> str:
    """Why the test failed or was skipped, in one line."""
    expected = getattr(report, "wasxfail", None)
    if expected is not None:
        return f"expected to fail: {expected}" if expected else "expected to fail"
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = str(getattr(crash, "message", report.longrepr)).strip().splitlines()
    return lines[0] if lines else "no reason was given"
