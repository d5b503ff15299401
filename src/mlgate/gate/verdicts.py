"""From runs to a record: the rules of the gate file, or the checks' own, decided once for all faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from mlgate.checks import Check, Stage
from mlgate.errors import ExitCode
from mlgate.gate.from_tests import rules_of_tests
from mlgate.gate.trusting import vouched
from mlgate.gatefile import GateFile
from mlgate.results import CheckRun, Decision, Record, RunFacts, Verdict
from mlgate.rules import CheckRules, Vouched, Waiver, decide, parse_rules
from mlgate.rules.effects import Circumstances, Standing
from mlgate.rules.numbers import count
from mlgate.rules.standing import stand
from mlgate.rules.waivers import holding
from mlgate.runner.execute import options_of
from mlgate.runner.plan import PlannedCheck


def options_for(check: Check, gate: GateFile) -> dict[str, object]:
    """Every option of a check with the value it will have, so that the record says what was measured."""
    entry = gate.checks.get(check.id)
    defaults = {option.name: option.default for option in check.options if not option.required}
    return {**defaults, **(entry.options if entry is not None else {})}


def planned_by(check: Check, gate: GateFile) -> PlannedCheck:
    """The check as the gate file wants it run."""
    entry = gate.checks.get(check.id)
    return PlannedCheck(check, options_for(check, gate), entry.timeout if entry is not None else None)


def rules_of(check: Check, gate: GateFile) -> CheckRules:
    """The rules that one check is held to: those stated in the gate file, else its own defaults."""
    entry = gate.checks.get(check.id)
    stated = entry is not None and bool(entry.rules)
    return CheckRules(
        check=check.id,
        rules=entry.rules if entry is not None and entry.rules else parse_rules(check.default, where=None),
        stated=stated,
        better=check.better,
        stage=int(check.stage),
        required=entry is not None,
        may_skip=entry is not None and entry.of_suite,
        primary=check.stage is Stage.PRIMARY,
        options=options_of(options_for(check, gate)),
        level=entry.level if entry is not None else None,
        where=entry.where if entry is not None else None,
        voids=check.voids,
    )


def sheet_of(plan: Sequence[PlannedCheck], gate: GateFile) -> dict[str, CheckRules]:
    """The rules of every planned check, by id."""
    return {planned.check.id: rules_of(planned.check, gate) for planned in plan}


def record_of(
    facts: RunFacts,
    runs: Sequence[CheckRun],
    sheet: Mapping[str, CheckRules],
    gate: GateFile,
    *,
    seconds: float,
    complete: bool = True,
    today: date | None = None,
) -> Record:
    """The record of `runs`, decided. A record that is not complete is one of a run that still goes on."""
    decided = decide(
        runs,
        {**sheet, **rules_of_tests(runs, sheet)},
        gate.policy,
        gate.waivers,
        vouched=vouched(facts, runs, gate),
        looks=_looks(facts),
        today=today or datetime.now(UTC).date(),
        has_champion=facts.champion is not None,
    )
    verdict = _with_trust(facts, decided.verdict) if complete else _unfinished(decided.verdict)
    return Record(facts, verdict, decided.results, round(seconds, 3), decided.waivers, complete)


def _with_trust(facts: RunFacts, verdict: Verdict) -> Verdict:
    """A verdict that allows says what it rests on."""
    if verdict.decision is not Decision.ALLOWED:
        return verdict
    told = [
        f"the {each.model} is opened on trust ({each.by}), in spite of {count(len(each.overrides), 'finding')}."
        for each in facts.trust
        if each.model is not None and each.overrides
    ]
    return replace(verdict, reasons=(*verdict.reasons, *told))


def _unfinished(verdict: Verdict) -> Verdict:
    """What was not measured yet may still deny: until then nothing is allowed."""
    if verdict.decision is Decision.DENIED:
        return verdict
    reason = "this run is not finished: `mlgate run --resume` measures what is left."
    return Verdict(Decision.DENIED, (reason, *verdict.reasons), ExitCode.COULD_NOT_RUN)


def standing_of(facts: RunFacts, run: CheckRun, rules: CheckRules, gate: GateFile) -> Standing:
    """One check by itself: its result, and what it does to the verdict.

    In the record, claims about slices share their error budget with those of other checks too, so that the record
    can call inconclusive what fails here.
    """
    held = holding(gate.waivers, datetime.now(UTC).date())
    waivers: tuple[Waiver | Vouched, ...] = (*held, *vouched(facts, [run], gate))
    return stand(run, rules, Circumstances(gate.policy, waivers, _looks(facts), facts.champion is not None, {}))


def _looks(facts: RunFacts) -> int:
    test = facts.data.get("test")
    return test.looks if test is not None and test.looks else 1
