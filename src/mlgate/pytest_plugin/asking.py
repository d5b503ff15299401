"""The fixture `gate`: what a hand-written test can ask for and contribute."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from mlgate.checks import Check
from mlgate.errors import MlgateError, UsageError
from mlgate.gate import GateRequest
from mlgate.gate.from_tests import contributed
from mlgate.gate.verdicts import planned_by
from mlgate.gatefile.options import coerce
from mlgate.pytest_plugin.claims import MeasuredCheck
from mlgate.pytest_plugin.contributing import Contributions
from mlgate.pytest_plugin.gates import OpenGate, gates_of
from mlgate.results import CheckRun, Measurement
from mlgate.results.record_json import run_to_json
from mlgate.rules.mistakes import did_you_mean, listed
from mlgate.stats import Interval

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")


class Gate:
    """Measures checks and records measurements for one test."""

    def __init__(self, item: pytest.Item, request: GateRequest) -> None:
        self._item = item
        self._request = request
        self._started = time.perf_counter()
        self._contributions: Contributions | None = None

    def measure(self, check: str, **options: object) -> MeasuredCheck:
        """Run `check` with `options`, those of the gate file where none is given; then demand something of the result.

        Fails the test, with the reason, where there is no such check or option.
        """
        __tracebackhide__ = True
        try:
            gate = self._open()
            known = gate.session.host.check(check)
            given = _options(known, options)
            planned = planned_by(known, gate.session.gate)
            planned = replace(planned, options={**planned.options, **given})
            return MeasuredCheck(gate, gate.measure(planned), known)
        except MlgateError as mistake:
            raise _told(mistake) from None

    def record(
        self,
        check: str,
        measurement: Measurement | None = None,
        *,
        value: float | None = None,
        n: int | None = None,
        unit: str = "1",
        interval: tuple[float, float] | Interval | None = None,
    ) -> MeasuredCheck:
        """Put a measurement into the record of this run, with the outcome that this test will have.

        Either a `Measurement`, or a finite `value` of `n` rows in `unit`, with its `interval`: as (low, high), it is
        taken to be at the confidence of the gate file. A finding of critical severity fails the record by itself. What
        comes back can be held to rules, as that of `measure`: `gate.record(...).at_most(5)`.
        """
        __tracebackhide__ = True
        try:
            gate = self._open()
            measured = measurement or _measurement(value, n, unit, interval, gate.session.gate.policy.confidence)
            return MeasuredCheck(gate, self._contribute(gate, check, measured))
        except (MlgateError, ValueError) as mistake:
            raise _told(mistake) from None

    def _contribute(self, gate: OpenGate, check: str, measured: Measurement) -> CheckRun:
        if not _ID.fullmatch(check):
            raise UsageError(f"{check!r} is no id for a measurement.", hint="Name it family.name, as business.latency.")
        if check in gate.session.host.checks:
            raise UsageError(
                f"{check} is an installed check, and a test can't speak for it.",
                hint="Measure it with gate.measure, or record under another name.",
            )
        run = contributed(check, measured, self._item.nodeid, time.perf_counter() - self._started)
        run_to_json(run)  # what a record can't hold fails this test, not the record
        if self._contributions is None:
            self._contributions = Contributions(self._item, gate)
        self._contributions.add(run)
        return run

    def _open(self) -> OpenGate:
        return gates_of(self._item.config).open(self._request)


def _told(mistake: Exception) -> BaseException:
    """What fails the test with the sentence alone."""
    return pytest.fail.Exception(str(mistake), pytrace=False)


def _options(check: Check, given: dict[str, object]) -> dict[str, object]:
    """The options as the gate file could set them. Raises `UsageError` for the first that it could not."""
    known = {option.name: option for option in check.options}
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known) or (f"It takes {listed(known, 'and')}." if known else "It takes none.")
            raise UsageError(f"{check.id} has no option {name!r}.", hint=hint)
    return {name: coerce(known[name], value) for name, value in given.items()}


def _measurement(
    value: float | None, n: int | None, unit: str, interval: tuple[float, float] | Interval | None, confidence: float
) -> Measurement:
    if value is None or n is None:
        raise UsageError(
            "gate.record needs a value and n, the number of rows that it stands on, or a Measurement.",
            hint='For example gate.record("business.p99", value=0.04, n=1000, unit="s").',
        )
    if interval is None:
        return Measurement.exact(value, n=n, unit=unit)
    drawn = interval if isinstance(interval, Interval) else Interval(*interval, confidence, "stated")
    return Measurement.uncertain(value, n=n, interval=drawn, unit=unit)
