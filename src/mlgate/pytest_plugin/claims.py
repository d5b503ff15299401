"""What `gate.measure` and `gate.record` hand over: a measurement that a test makes demands of, as a gate file does."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from mlgate.checks import Check, Stage
from mlgate.pytest_plugin.gates import OpenGate
from mlgate.pytest_plugin.wording import complaint
from mlgate.results import CheckRun, Finding, Measurement, Severity
from mlgate.rules import CheckRules, parse_rules
from mlgate.rules.effects import Effect
from mlgate.stats import Interval


class MeasuredCheck:
    """One check, measured, or what a test measured itself (`check` is None).

    Each demand raises `AssertionError` with the numbers, the rule and the way out where it is not met, or where it
    can't be decided and the gate's policy does not allow that; else it returns this object.
    """

    def __init__(self, gate: OpenGate, run: CheckRun, check: Check | None = None) -> None:
        self.run = run
        self.check = check
        self._gate = gate

    def __repr__(self) -> str:
        return f"<{self.run.check} {self.run.status}>"

    @property
    def measurement(self) -> Measurement:
        """Raises `AssertionError`, with the reason, where the check was skipped or could not run."""
        __tracebackhide__ = True
        if self.run.measurement is None:
            self._demand({})
            raise AssertionError(f"{self.run.check} {self.run.status}: {self.run.reason}")
        return self.run.measurement

    @property
    def value(self) -> float:
        """The measured number. Raises `AssertionError` where there is none."""
        __tracebackhide__ = True
        estimate = self.measurement.estimate
        if estimate is None:
            raise AssertionError(f"{self.run.check} measures no number: ask for no_findings()")
        return estimate.value

    @property
    def interval(self) -> Interval:
        """The interval of the number, at the gate's confidence."""
        __tracebackhide__ = True
        estimate = self.measurement.estimate
        if estimate is None:
            raise AssertionError(f"{self.run.check} measures no number: ask for no_findings()")
        return estimate.interval(self._confidence)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.measurement.findings

    def at_least(self, bound: float | str, *, of: str | None = None) -> Self:
        """The number is not below `bound` (text carries a unit, as "50ms"); `of` names a part of the measurement."""
        __tracebackhide__ = True
        return self._demand({"at_least": _bound(bound, of)})

    def at_most(self, bound: float | str, *, of: str | None = None) -> Self:
        """The number is not above `bound`."""
        __tracebackhide__ = True
        return self._demand({"at_most": _bound(bound, of)})

    def between(self, low: float | str, high: float | str, *, of: str | None = None) -> Self:
        """The number is neither below `low` nor above `high`."""
        __tracebackhide__ = True
        return self._demand({"between": _bound([low, high], of)})

    def not_worse_than_champion(self, *, margin: float | None = None, relative_margin: float | None = None) -> Self:
        """Worse than the champion by no more than the margin, on the same rows."""
        __tracebackhide__ = True
        return self._demand({"not_worse_than_champion": _margins(margin, relative_margin)})

    def better_than_champion(self, *, margin: float | None = None, relative_margin: float | None = None) -> Self:
        """Better than the champion by more than the margin, on the same rows."""
        __tracebackhide__ = True
        return self._demand({"better_than_champion": _margins(margin, relative_margin)})

    def no_findings(self, severity: Severity | str = Severity.LOW) -> Self:
        """Nothing wrong of `severity` or worse was found."""
        __tracebackhide__ = True
        return self._demand({"no_findings": {"severity": str(severity)}})

    def _demand(self, table: dict[str, object]) -> Self:
        __tracebackhide__ = True
        standing = self._gate.standing(self.run, self._rules(table))
        if standing.effect is not Effect.NONE:
            raise AssertionError(complaint(standing.result, self.check, self._confidence, by_hand=True))
        return self

    def _rules(self, table: dict[str, object]) -> CheckRules:
        rules = CheckRules(self.run.check, parse_rules(table, where="this test"), required=True)
        if self.check is None:
            return rules
        stage = self.check.stage
        return replace(rules, better=self.check.better, stage=int(stage), primary=stage is Stage.PRIMARY)

    @property
    def _confidence(self) -> float:
        return self._gate.session.gate.policy.confidence


def _bound(bound: object, of: str | None) -> object:
    return bound if of is None else {"value": bound, "of": of}


def _margins(absolute: float | None, relative: float | None) -> object:
    said = {"margin": absolute, "relative_margin": relative}
    return {name: value for name, value in said.items() if value is not None} or True
