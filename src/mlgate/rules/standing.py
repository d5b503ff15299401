"""One check in the decision: what its run means before any rule is held, and what that does to the verdict."""

from __future__ import annotations

from dataclasses import replace

from mlgate.results import CheckRun, Level, Outcome, Result, RunStatus
from mlgate.rules.effects import Circumstances, Effect, Standing
from mlgate.rules.holding import NO_BOOTSTRAP, hold
from mlgate.rules.policy import Bootstrap, CheckRules

CHAMPION = "champion"
"""The `cause` of a run that was skipped because there is no champion."""


def stand(run: CheckRun, rules: CheckRules, at: Circumstances) -> Standing:
    """The check's place in the decision."""
    if run.status is RunStatus.SKIPPED:
        return _skipped(run, rules, at)
    if run.status is RunStatus.ERRORED or run.measurement is None:
        return _not_measured(run, rules, Outcome.ERRORED, run.reason or "the check returned no measurement")
    stale = _measured_otherwise(run, rules)
    if stale is not None:
        return _not_measured(run, rules, Outcome.ERRORED, stale)
    if not rules.rules:
        recorded = Result(run, Outcome.PASSED, rules.level or Level.OBSERVE, None, "recorded", required=rules.required)
        return Standing(recorded, rules)
    return hold(run, rules, at, run.measurement)


def absent(rules: CheckRules) -> Standing:
    """A check of the gate file that this record does not hold."""
    reason = "not in this record: measure it with `mlgate run`"
    run = CheckRun(rules.check, RunStatus.ERRORED, 0.0, reason=reason)
    return replace(_not_measured(run, rules, Outcome.ERRORED, reason), present=False)


def _skipped(run: CheckRun, rules: CheckRules, at: Circumstances) -> Standing:
    reason = run.reason or "nothing to measure here"
    if _for_want_of_champion(run, rules, at):
        if at.policy.bootstrap is Bootstrap.DENY and (rules.required or rules.primary):
            return _not_measured(run, rules, Outcome.SKIPPED, f"{reason.rstrip('.')}, and {NO_BOOTSTRAP}")
        return _set_aside(run, rules, reason, enforced=rules.required and rules.enforces)
    if rules.required and not rules.may_skip:
        return _not_measured(run, rules, Outcome.SKIPPED, f"required and skipped: {reason}")
    return _set_aside(run, rules, reason, enforced=False)


def _for_want_of_champion(run: CheckRun, rules: CheckRules, at: Circumstances) -> bool:
    if at.has_champion:
        return False
    speak_of_it = bool(rules.rules) and all(rule.demand.without_champion() is None for rule in rules.rules)
    return run.cause == CHAMPION or speak_of_it


def _set_aside(run: CheckRun, rules: CheckRules, reason: str, *, enforced: bool) -> Standing:
    result = Result(run, Outcome.SKIPPED, rules.strongest, None, reason, required=rules.required)
    return Standing(result, rules, enforced=enforced)


def _not_measured(run: CheckRun, rules: CheckRules, outcome: Outcome, reason: str) -> Standing:
    result = Result(run, outcome, rules.strongest, None, reason, required=rules.required)
    denies = rules.strongest is Level.ENFORCE
    return Standing(result, rules, ((Effect.COULD_NOT_RUN, reason),) if denies else ())


def _measured_otherwise(run: CheckRun, rules: CheckRules) -> str | None:
    if rules.options is None or rules.options == run.options:
        return None
    names = sorted({*rules.options, *run.options})
    changed = [name for name in names if rules.options.get(name) != run.options.get(name)] or names
    was, now = (", ".join(f"{name}={side.get(name)!r}" for name in changed) for side in (run.options, rules.options))
    return f"measured with {was}, and the gate file says {now}: measure again with `mlgate run`"
