"""Keeps what the tests of a run measured, wherever they ran, until the record can be made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mlgate.pytest_plugin.parcels import parcel_of

if TYPE_CHECKING:
    from mlgate.pytest_plugin.merging import Kept
    from mlgate.pytest_plugin.parcels import Parcel

NAME = "mlgate-keeper"


class RecordKeeper:
    """Lives where the whole run is seen: in its one process, or in xdist's controller."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.started = datetime.now(UTC)
        self.parcels: dict[Hashable, dict[str, Parcel]] = defaultdict(dict)
        self.selected: dict[Hashable, dict[str, str]] = defaultdict(dict)
        self.failures: dict[str, pytest.TestReport] = {}
        self.kept: list[Kept] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        parcel = parcel_of(report)
        if parcel is not None:
            self.parcels[parcel.key][report.nodeid] = parcel  # of a test that is run again, the last
            self.selected[parcel.key].update(parcel.selected)
        elif report.failed:
            self.failures[report.nodeid] = report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Nothing measured, nothing kept; else a verdict that is not `allowed` is no success."""
        if not self.parcels:
            return
        from mlgate.pytest_plugin.merging import keep

        self.kept = keep(self, self._config)
        if session.exitstatus == pytest.ExitCode.OK and not all(kept.allowed for kept in self.kept):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.kept:
            return
        from mlgate.pytest_plugin.summing_up import sum_up

        terminalreporter.write_sep("=", "mlgate")
        for kept in self.kept:
            sum_up(kept, terminalreporter)


def start_keeping(config: pytest.Config) -> None:
    """Have the record kept, if this is where the whole run is seen: a worker's reports go to its controller."""
    if not hasattr(config, "workerinput") and not config.pluginmanager.has_plugin(NAME):
        config.pluginmanager.register(RecordKeeper(config), NAME)
