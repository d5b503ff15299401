"""Rules held against one measurement: judged, waived or counted, and the worst of them speaks for the check."""

from __future__ import annotations

from dataclasses import replace

from mlgate.results import CheckRun, JudgedBy, Level, Measurement, Outcome, Result, RuleOutcome, Undecided
from mlgate.rules.accepted import Levels
from mlgate.rules.effects import Circumstances, Effect, Standing
from mlgate.rules.judgement import Demand, Judgement, Rule, judge
from mlgate.rules.numbers import stated
from mlgate.rules.policy import Bootstrap, CheckRules

Budget = tuple[str, int, bool]
"""A family, a stage, and whether the rule blocks."""
NO_BOOTSTRAP = "[policy] bootstrap denies a first release"

_SEVERITY = (Outcome.PASSED, Outcome.SKIPPED, Outcome.INCONCLUSIVE, Outcome.ERRORED, Outcome.FAILED)


def hold(run: CheckRun, rules: CheckRules, at: Circumstances, measurement: Measurement) -> Standing:
    """The check's result and effect, from all its rules."""
    held = [_hold(rule, rules, at, measurement) for rule in rules.rules]
    worst, _ = max(held, key=_weight)
    reason = worst.reason if worst.waived is None else f"{worst.reason}; waived: {worst.waived}"
    outcomes = tuple(outcome for outcome, _ in held)
    result = Result(run, worst.outcome, worst.level, worst.rule, reason, outcomes, rules.required)
    reasons = tuple((effect, outcome.reason) for outcome, effect in held if effect is not Effect.NONE)
    enforced = any(outcome.level is Level.ENFORCE and outcome.outcome is not Outcome.ERRORED for outcome in outcomes)
    return Standing(result, rules, reasons, enforced)


def _weight(held: tuple[RuleOutcome, Effect]) -> tuple[int, bool, int, int]:
    outcome, effect = held
    strength = len(Level) - list(Level).index(outcome.level)
    return effect, outcome.waived is None, _SEVERITY.index(outcome.outcome), strength


def _hold(rule: Rule, rules: CheckRules, at: Circumstances, measurement: Measurement) -> tuple[RuleOutcome, Effect]:
    judged = _judge(rule, rules, at, measurement)
    outcome = RuleOutcome(str(rule), judged.outcome, rule.level, judged.reason, judged.rows_needed, where=rule.where)
    effect = _effect(rule, rules, at, judged.outcome)
    if judged.outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE):
        waiver = next((each for each in at.waivers if each.covers(rules.check, rule.name)), None)
        if waiver is not None:
            return replace(outcome, waived=str(waiver)), Effect.NONE
    return outcome, effect


def _effect(rule: Rule, rules: CheckRules, at: Circumstances, outcome: Outcome) -> Effect:
    if rule.level is not Level.ENFORCE:
        return Effect.NONE
    if outcome is Outcome.INCONCLUSIVE and rules.undecided(rule, at.policy) is Undecided.ALLOW:
        return Effect.NONE
    effects = {
        Outcome.FAILED: Effect.DENIES,
        Outcome.ERRORED: Effect.COULD_NOT_RUN,
        Outcome.INCONCLUSIVE: Effect.UNDECIDES,
    }
    return effects.get(outcome, Effect.NONE)


def _judge(rule: Rule, rules: CheckRules, at: Circumstances, measurement: Measurement) -> Judgement:
    left = rule.demand.without_champion()
    if left == rule.demand:
        return judge(rule.demand, measurement, _levels(rule, rules, at, measurement), rules.better)
    if at.has_champion:
        return _judge_look(rule.demand, rules, at, measurement)
    if left is not None:
        return judge(left, measurement, at.policy.levels, rules.better)
    if at.policy.bootstrap is Bootstrap.DENY:
        return Judgement(Outcome.FAILED, f"there is no champion to compare with, and {NO_BOOTSTRAP}")
    return Judgement(Outcome.SKIPPED, "there is no champion to compare with: [policy] bootstrap allows a first release")


def _levels(rule: Rule, rules: CheckRules, at: Circumstances, measurement: Measurement) -> Levels:
    if measurement.judged_by is not JudgedBy.SLICES:
        return at.policy.levels
    shared = at.slice_levels.get(budget_of(rule, rules))
    return replace(at.policy.levels, slices=shared)


def budget_of(rule: Rule, rules: CheckRules) -> Budget:
    """The error budget that the rule's claims about slices draw on.

    What blocks shares none with what is shown, and slices that were declared none with segments that were searched for:
    a search must not make it harder for a declared slice to fail.
    """
    return rules.family, rules.stage, rule.level is Level.ENFORCE


def slice_p_values(rule: Rule, measurement: Measurement) -> tuple[float, ...]:
    """The rule's claims about slices; a rule that does not fit makes none (judging it says why)."""
    try:
        return rule.demand.slice_p_values(measurement)
    except (ValueError, ArithmeticError):
        return ()


def _judge_look(demand: Demand, rules: CheckRules, at: Circumstances, measurement: Measurement) -> Judgement:
    """Against the champion: the test set's looks make a pass harder, and in the end impossible."""
    policy, looks = at.policy, at.looks
    judged = judge(demand, measurement, policy.levels_at(looks), rules.better)
    if looks <= 1 or judged.outcome in (Outcome.FAILED, Outcome.ERRORED):
        return judged
    seen = f"this test set has judged {looks} candidates"
    if looks > policy.looks:
        reason = f"{judged.reason}; {seen}, and [policy] looks allows {policy.looks}: judge on fresh labels"
        return Judgement(Outcome.INCONCLUSIVE, reason)
    level = stated(round(100 * policy.levels_at(looks).passing, 4))
    return replace(judged, reason=f"{judged.reason}; the interval is at {level}%, since {seen}")
