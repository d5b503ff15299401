"""The whole decision table: what can happen to one check, under which rules, and what it does to the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from mlgate.results import CheckRun, Level, Measurement, RunStatus, Undecided
from mlgate.rules import Bootstrap, CheckRules, Decided, Policy, Waiver, decide, parse_rules

if TYPE_CHECKING:
    from tests.rules.conftest import Make

TODAY = date(2026, 11, 24)
AUC = "performance.roc_auc"
GOOD, BAD, UNSURE = (0.85, 0.02), (0.70, 0.02), (0.78, 0.02)


def decided(
    runs: list[CheckRun],
    rules: list[CheckRules],
    policy: Policy | None = None,
    waivers: tuple[Waiver, ...] = (),
    *,
    looks: int = 1,
    has_champion: bool = True,
) -> Decided:
    sheet = {each.check: each for each in rules}
    return decide(runs, sheet, policy or Policy(), waivers, looks=looks, today=TODAY, has_champion=has_champion)


def waiver(**facts: Any) -> Waiver:
    known = {"check": AUC, "reason": "ticket 412", "owner": "data-team", "until": TODAY, "where": "mlgate.toml:41"}
    return Waiver(**{**known, **facts})


@pytest.mark.parametrize(
    ("number", "rule", "undecided", "decision", "exit_code", "outcome"),
    [
        (GOOD, {"at_least": 0.78}, "deny", "allowed", 0, "passed"),
        (BAD, {"at_least": 0.78}, "deny", "denied", 1, "failed"),
        (BAD, {"at_least": 0.78}, "allow", "denied", 1, "failed"),
        (UNSURE, {"at_least": 0.78}, "deny", "undecided", 2, "inconclusive"),
        (UNSURE, {"at_least": 0.78}, "allow", "allowed", 0, "inconclusive"),
        (UNSURE, {"at_least": 0.78, "undecided": "allow"}, "deny", "allowed", 0, "inconclusive"),
        (UNSURE, {"at_least": 0.78, "undecided": "deny"}, "allow", "undecided", 2, "inconclusive"),
        (BAD, {"at_least": {"p99": 0.78}}, "allow", "denied", 3, "errored"),
    ],
)
def test_one_enforcing_rule(
    *,
    number: tuple[float, float],
    rule: dict[str, object],
    undecided: str,
    decision: str,
    exit_code: int,
    outcome: str,
    make: Make,
) -> None:
    """Failed denies, inconclusive does what the rule or else the policy says, errored could not run."""
    policy = Policy(undecided=Undecided(undecided))
    verdict = decided([make.run(AUC, make.number(*number))], [make.held(AUC, rule)], policy)
    assert (verdict.verdict.decision, verdict.verdict.exit_code) == (decision, exit_code)
    assert verdict.results[0].outcome == outcome


@pytest.mark.parametrize("level", ["warn", "observe"])
@pytest.mark.parametrize("number", [GOOD, BAD, UNSURE])
@pytest.mark.parametrize("status", list(RunStatus))
def test_warn_and_observe_never_change_the_verdict(
    level: str, number: tuple[float, float], status: RunStatus, make: Make
) -> None:
    """Whatever becomes of a check whose rules do not enforce, the verdict stays that of the others."""
    measurement = make.number(*number) if status is RunStatus.MEASURED else None
    runs = [make.run(AUC, make.number(*GOOD)), CheckRun("fairness.gap", status, 0.1, measurement, reason="it broke")]
    rules = [make.held(AUC, {"at_least": 0.78}), make.held("fairness.gap", {"at_least": 0.78, "level": level})]
    assert decided(runs, rules).verdict.exit_code == 0


@pytest.mark.parametrize(
    ("status", "facts", "decision", "exit_code", "outcome", "reason"),
    [
        ("errored", {}, "denied", 3, "errored", "it broke"),
        ("errored", {"required": False}, "denied", 3, "errored", "it broke"),
        ("errored", {"rules": ()}, "denied", 3, "errored", "it broke"),
        ("errored", {"rules": (), "level": Level.OBSERVE}, "allowed", 0, "errored", "it broke"),
        ("skipped", {}, "denied", 3, "skipped", "required and skipped: it broke"),
        ("skipped", {"required": False}, "allowed", 0, "skipped", "it broke"),
        ("skipped", {"rules": ()}, "denied", 3, "skipped", "required and skipped: it broke"),
        ("skipped", {"required": False, "rules": ()}, "allowed", 0, "skipped", "it broke"),
    ],
)
def test_a_check_that_measured_nothing(
    *, status: str, facts: dict[str, Any], decision: str, exit_code: int, outcome: str, reason: str, make: Make
) -> None:
    """Errored denies; skipped denies where the gate file lists the check."""
    runs = [make.run(AUC, make.number(*GOOD)), CheckRun("data.schema", RunStatus(status), 0.1, reason="it broke")]
    schema = replace(make.held("data.schema", {"no_findings": True}), **facts)
    verdict = decided(runs, [make.held(AUC, {"at_least": 0.78}), schema])
    result = next(each for each in verdict.results if each.check == "data.schema")
    assert (verdict.verdict.decision, verdict.verdict.exit_code) == (decision, exit_code)
    assert (result.outcome, result.reason) == (outcome, reason)


def test_failed_and_errored_together_are_a_failure(make: Make) -> None:
    """Exit 3 is for a run in which nothing failed; both reasons are told."""
    runs = [make.run(AUC, make.number(*BAD)), CheckRun("data.schema", RunStatus.ERRORED, 0.1, reason="it broke")]
    verdict = decided(runs, [make.held(AUC, {"at_least": 0.78})]).verdict
    assert verdict.exit_code == 1
    assert verdict.reasons == (
        "performance.roc_auc: 0.700 [0.680, 0.720] on 300 rows is below 0.78",
        "data.schema: it broke",
    )


def test_a_check_without_a_rule_is_recorded(make: Make) -> None:
    """A number nobody asked about passes, is recorded, and does not count as a rule."""
    verdict = decided(
        [make.run(AUC, make.number(*GOOD)), make.run("load.memory", make.number(3.0, 1.0))],
        [make.held(AUC, {"at_least": 0.78})],
    )
    memory = next(each for each in verdict.results if each.check == "load.memory")
    assert (memory.outcome, memory.level, memory.rule, memory.reason) == ("passed", "observe", None, "recorded")


def test_an_empty_rule_set_denies(make: Make) -> None:
    """A gate that asks nothing has nothing to allow; a rule that only warns asks nothing."""
    for rules in ([], [make.held(AUC, {"at_least": 0.78, "level": "warn"})]):
        verdict = decided([make.run(AUC, make.number(*GOOD))], rules).verdict
        assert (verdict.decision, verdict.exit_code) == ("denied", 1)
        assert verdict.reasons == (
            "no enforcing rule was held against this run: state one in the gate file, as at_least or at_most.",
        )


def test_nothing_measured_denies_with_its_own_code(make: Make) -> None:
    """No run at all, or nothing but skipped checks, is exit 5."""
    for runs in ([], [CheckRun("data.schema", RunStatus.SKIPPED, 0.0, reason="no table")]):
        verdict = decided(runs, []).verdict
        assert (verdict.decision, verdict.exit_code) == ("denied", 5)
        assert verdict.reasons == ("nothing was measured: no check ran on this candidate.",)


def test_a_stated_check_that_is_not_in_the_record(make: Make) -> None:
    """A rule of the gate file that no measurement answers is errored, and an absent default rule is not."""
    stated, default = make.held("data.schema", {"no_findings": True}), make.held("data.drift", {"at_most": 0.25})
    rules = [make.held(AUC, {"at_least": 0.78}), stated, replace(default, required=False, stated=False)]
    verdict = decided([make.run(AUC, make.number(*GOOD))], rules)
    assert verdict.verdict.exit_code == 3
    assert verdict.verdict.reasons == ("data.schema: not in this record: measure it with `mlgate run`",)
    assert [each.check for each in verdict.results] == ["data.schema", AUC]


def test_other_options_than_those_measured(make: Make) -> None:
    """A record measured at one threshold says nothing about another."""
    run = make.run(AUC, make.number(*GOOD), options={"threshold": 0.5, "weights": ["a"]})
    rules = make.held(AUC, {"at_least": 0.78}, options={"threshold": 0.4, "weights": ["a"]})
    result = decided([run], [rules])
    assert result.verdict.exit_code == 3
    assert result.results[0].reason == (
        "measured with threshold=0.5, and the gate file says threshold=0.4: measure again with `mlgate run`"
    )
    assert decided([run], [replace(rules, options=dict(run.options))]).verdict.exit_code == 0


@pytest.mark.parametrize(("primary", "decision", "exit_code"), [(False, "allowed", 0), (True, "undecided", 2)])
def test_default_rules_are_guardrails(primary: bool, decision: str, exit_code: int, make: Make) -> None:
    """An inconclusive default rule is shown and does not deny, unless it is the primary comparison."""
    default = replace(make.held("data.drift", {"at_most": 0.78}), required=False, stated=False, primary=primary)
    runs = [make.run(AUC, make.number(*GOOD)), make.run("data.drift", make.number(*UNSURE))]
    verdict = decided(runs, [make.held(AUC, {"at_least": 0.78}), default]).verdict
    assert (verdict.decision, verdict.exit_code) == (decision, exit_code)
    if not primary:
        assert verdict.reasons == ("1 enforcing rule passed; 1 guardrail inconclusive, with no harm shown.",)


@pytest.mark.parametrize(
    ("rules", "required", "primary", "bootstrap", "exit_code", "outcome"),
    [
        ({"not_worse_than_champion": True}, True, True, "allow", 0, "skipped"),
        ({"not_worse_than_champion": True}, True, True, "deny", 3, "skipped"),
        ({"not_worse_than_champion": True}, False, True, "deny", 3, "skipped"),
        ({"not_worse_than_champion": True}, False, False, "deny", 0, "skipped"),
    ],
)
def test_first_release_with_a_skipped_comparison(
    *, rules: dict[str, object], required: bool, primary: bool, bootstrap: str, exit_code: int, outcome: str, make: Make
) -> None:
    """Without a champion the comparison is skipped, and the policy says whether a first release is lawful."""
    skipped = CheckRun("performance.vs_champion", RunStatus.SKIPPED, 0.0, reason="there is no champion.")
    held = replace(make.held("performance.vs_champion", rules), required=required, primary=primary, stated=required)
    verdict = decided(
        [make.run(AUC, make.number(*GOOD)), skipped],
        [make.held(AUC, {"at_least": 0.78}), held],
        Policy(bootstrap=Bootstrap(bootstrap)),
        has_champion=False,
    )
    assert verdict.verdict.exit_code == exit_code
    if exit_code:
        assert verdict.verdict.reasons == (
            "performance.vs_champion: there is no champion, and [policy] bootstrap denies a first release",
        )


@pytest.mark.parametrize(
    ("bootstrap", "exit_code", "outcome", "reason"),
    [
        (
            "allow",
            0,
            "skipped",
            "there is no champion to compare with: [policy] bootstrap allows a first release",
        ),
        ("deny", 1, "failed", "there is no champion to compare with, and [policy] bootstrap denies a first release"),
    ],
)
def test_first_release_of_a_measured_check(
    bootstrap: str, exit_code: int, outcome: str, reason: str, make: Make
) -> None:
    """The other rules of the check are held as ever."""
    held = make.held(AUC, {"at_least": 0.78, "not_worse_than_champion": True})
    policy = Policy(bootstrap=Bootstrap(bootstrap))
    verdict = decided([make.run(AUC, make.number(*GOOD))], [held], policy, has_champion=False)
    assert verdict.verdict.exit_code == exit_code
    assert [(each.outcome, each.reason) for each in verdict.results[0].rules] == [
        ("passed", "0.850 [0.830, 0.870] on 300 rows is at least 0.78"),
        (outcome, reason),
    ]


def test_first_release_of_a_check_that_needs_a_champion(make: Make) -> None:
    """A listed check without champion rules (negative flips) is set aside too where it was skipped for that cause."""
    run = CheckRun("performance.flips", RunStatus.SKIPPED, 0.0, reason="there is no champion.", cause="champion")
    rules = [make.held(AUC, {"at_least": 0.78}), make.held("performance.flips", {"at_most": 0.05})]
    runs = [make.run(AUC, make.number(*GOOD)), run]
    assert decided(runs, rules, has_champion=False).verdict.exit_code == 0
    assert decided(runs, rules, has_champion=True).verdict.exit_code == 3


def test_an_alternative_to_the_champion_is_held_alone_on_a_first_release(make: Make) -> None:
    """any_of keeps what does not speak of a champion."""
    held = make.held(AUC, {"any_of": [{"at_least": 0.78}, {"not_worse_than_champion": True}]})
    assert decided([make.run(AUC, make.number(*BAD))], [held], has_champion=False).verdict.exit_code == 1
    assert decided([make.run(AUC, make.number(*GOOD))], [held], has_champion=False).verdict.exit_code == 0


def test_a_champion_that_was_not_measured_denies(make: Make) -> None:
    """There is a champion and the check did not compare: no pass, whatever the number."""
    held = make.held(AUC, {"not_worse_than_champion": True})
    assert decided([make.run(AUC, make.number(*GOOD))], [held], has_champion=True).verdict.exit_code == 3


@pytest.mark.parametrize(
    ("difference", "looks", "outcome", "reason"),
    [
        (0.003, 1, "passed", "better than the champion by 0.003 [-0.008, 0.014]; the margin is 0.012"),
        (
            0.003,
            2,
            "inconclusive",
            "better than the champion by 0.003 [-0.014, 0.020]; the margin is 0.012, and the interval lies across it: "
            "about 3,300 more rows would settle it; the interval is at 99.75%, since this test set has judged 2 "
            "candidates",
        ),
        (
            0.02,
            20,
            "passed",
            "better than the champion by 0.020 [0.003, 0.037]; the margin is 0.012; the interval is at 99.75%, since "
            "this test set has judged 20 candidates",
        ),
        (
            0.02,
            21,
            "inconclusive",
            "better than the champion by 0.020 [0.003, 0.037]; the margin is 0.012; this test set has judged 21 "
            "candidates, and [policy] looks allows 20: judge on fresh labels",
        ),
        (-0.024, 2, "failed", "worse than the champion by 0.024 [0.013, 0.035]; the margin is 0.012"),
        (-0.024, 21, "failed", "worse than the champion by 0.024 [0.013, 0.035]; the margin is 0.012"),
    ],
)
def test_looks_make_a_pass_harder_and_a_failure_no_easier(
    difference: float, looks: int, outcome: str, reason: str, make: Make
) -> None:
    """After the first look a pass needs alpha / 20; shown harm stays shown; beyond the budget nothing passes."""
    held = make.held("performance.vs_champion", {"not_worse_than_champion": {"margin": 0.012}})
    run = make.run("performance.vs_champion", make.compared(difference, 0.011))
    result = decided([run], [held], looks=looks).results[0]
    assert (result.outcome, result.reason) == (outcome, reason)


def test_looks_do_not_touch_other_rules(make: Make) -> None:
    """The ledger is about picking a winner: an absolute bound is judged as ever."""
    held = make.held(AUC, {"at_least": 0.78})
    assert decided([make.run(AUC, make.number(*GOOD))], [held], looks=500).verdict.exit_code == 0


def test_slices_of_one_family_share_one_budget(make: Make) -> None:
    """A slice that fails alone is inconclusive beside another check that searches, not beside another family."""
    weak = make.run("performance.slices", make.sliced(f=(0.74, 0.035, 300)))
    many = make.sliced(**{f"g{place}": (0.9, 0.02, 900) for place in range(11)})
    held = make.held("performance.slices", {"at_least": 0.78})
    for other, outcome in (("performance.segments", "inconclusive"), ("fairness.groups", "failed")):
        rules = [held, make.held(other, {"at_least": 0.78})]
        results = decided([weak, make.run(other, many)], rules).results
        assert next(each for each in results if each.check == "performance.slices").outcome == outcome


def test_what_is_only_shown_takes_nothing_from_what_blocks(make: Make) -> None:
    """Claims of a rule that warns draw on a budget of their own."""
    weak = make.run("performance.slices", make.sliced(f=(0.74, 0.035, 300)))
    many = make.run("performance.segments", make.sliced(**{f"g{place}": (0.9, 0.02, 900) for place in range(11)}))
    rules = [
        make.held("performance.slices", {"at_least": 0.78}),
        make.held("performance.segments", {"at_least": 0.78, "level": "warn"}),
    ]
    assert decided([weak, many], rules).verdict.exit_code == 1


def test_the_worst_rule_speaks_for_the_check(make: Make) -> None:
    """A failed warning does not hide a failed bound that blocks."""
    held = make.held(AUC, {"at_most": {"value": 0.5, "level": "warn"}, "at_least": 0.78})
    result = decided([make.run(AUC, make.number(*BAD))], [held]).results[0]
    assert (result.rule, result.level) == ("at_least(0.78)", "enforce")
    assert [(each.rule, each.outcome) for each in result.rules] == [
        ("at_most(0.5)", "failed"),
        ("at_least(0.78)", "failed"),
    ]


def test_numbers_beyond_arithmetic_are_errored(make: Make) -> None:
    """An interval that overflows is an outcome, not a crash, and it denies."""
    run = make.run(AUC, make.number(1e308, 1e308))
    verdict = decided([run], [make.held(AUC, {"at_least": 0.5})])
    assert verdict.verdict.exit_code == 3
    assert verdict.results[0].reason.startswith("at_least(0.5) could not be held against what was measured: ")


def test_default_rules_parse_without_a_place() -> None:
    """A check's own default is written in the gate file's words."""
    assert parse_rules({"at_most": 0.25, "level": "warn"})[0].where is None


def test_an_unmeasured_run_with_a_measured_status_is_errored() -> None:
    """A run that claims to have measured and brings nothing is no pass."""
    run = CheckRun(AUC, RunStatus.MEASURED, 0.1)
    verdict = decided([run], [])
    assert (verdict.verdict.exit_code, verdict.results[0].reason) == (3, "the check returned no measurement")


def test_findings_need_no_number() -> None:
    """no_findings is held against findings alone."""
    run = CheckRun("security.secrets", RunStatus.MEASURED, 0.1, Measurement())
    rules = CheckRules("security.secrets", parse_rules({"no_findings": True}))
    assert decided([run], [rules]).verdict.reasons == ("1 enforcing rule passed.",)
