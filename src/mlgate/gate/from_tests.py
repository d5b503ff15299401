"""Measurements that a hand-written test contributed to the record: their outcome is that of the test.

A test that fails leaves a critical finding beside its measurement, and the rule is that there is none: so the
decision stays a pure function of the record, and `mlgate decide` needs no pytest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mlgate.results import CheckRun, Finding, Measurement, RunStatus, Severity
from mlgate.rules import CheckRules, NoFindings, Rule

OPTION = "node_id"
"""The one option of such a run: the test's node id."""


def contributed(check: str, measurement: Measurement, test: str, seconds: float) -> CheckRun:
    """What the test measured, while it still passes."""
    return CheckRun(check, RunStatus.MEASURED, seconds, measurement, {OPTION: test})


def failed(run: CheckRun, why: str) -> CheckRun:
    """The run of a test that failed. `why` is one line."""
    measurement = run.measurement or Measurement()
    finding = Finding(f"{run.options[OPTION]} failed: {why}", Severity.CRITICAL)
    return replace(run, measurement=replace(measurement, findings=(*measurement.findings, finding)))


def skipped(run: CheckRun, why: str) -> CheckRun:
    """The run of a test that was skipped, or that was expected to fail and did."""
    return CheckRun(run.check, RunStatus.SKIPPED, run.seconds, options=run.options, reason=why)


def is_contributed(run: CheckRun) -> bool:
    return set(run.options) == {OPTION}


def rules_of_tests(runs: Sequence[CheckRun], known: Mapping[str, CheckRules]) -> dict[str, CheckRules]:
    """What the runs that no installed check explains are held to."""
    strangers = [run for run in runs if run.check not in known and is_contributed(run)]
    return {run.check: _rules(run.check, str(run.options[OPTION])) for run in strangers}


def _rules(check: str, test: str) -> CheckRules:
    return CheckRules(check, (Rule(NoFindings(Severity.CRITICAL), where=test),), where=test)
