"""A failed check that voids others: their marks, the verdict's words, and what a waiver leaves of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mlgate.results import CheckRun, Decision, Outcome, RunStatus
from mlgate.rules import CheckRules, Decided, Policy, Waiver, decide

if TYPE_CHECKING:
    from tests.rules.conftest import Make

LEAK = "data.overlap"
TODAY = date(2026, 11, 24)
WAIVER = Waiver(LEAK, "known twins", "data-team", date(2026, 12, 1))
SAID = (
    "data.overlap voids 4 results of this run (fairness.gap, performance.f1, performance.mcc and 1 more): they are no "
    "evidence of how the model does on new rows."
)


def decided(make: Make, leak: float, *waivers: Waiver, level: str = "enforce") -> Decided:
    """A leak of this size, above 0.01 or not, beside four measured checks, one skipped and one of another family."""
    leaking = make.held(LEAK, {"at_most": 0.01, "level": level}, stage=1, voids=("performance.*", "fairness.*"))
    rules = [
        leaking,
        make.held("performance.roc_auc", {"at_least": 0.78}),
        make.held("performance.f1", {"at_least": 0.78}),
        make.held("data.age", {"at_least": 0.1}),
    ]
    runs = [
        make.run("performance.roc_auc", make.number(0.9, 0.02)),
        make.run("performance.f1", make.number(0.6, 0.02)),
        make.run("performance.mcc", make.number(0.9, 0.02)),
        make.run("fairness.gap", make.number(0.1, 0.02)),
        CheckRun("performance.brier", RunStatus.SKIPPED, 0.0, reason="no scores"),
        make.run("data.age", make.number(0.5, 0.02)),
        make.run(LEAK, make.number(leak, 0.005)),
    ]
    sheet: dict[str, CheckRules] = {each.check: each for each in rules}
    return decide(runs, sheet, Policy(), waivers, looks=1, today=TODAY, has_champion=True)


def voids(made: Decided) -> dict[str, str]:
    return {result.check: result.void for result in made.results if result.void is not None}


def test_a_confirmed_leak_marks_what_it_voids_and_the_verdict_says_so(make: Make) -> None:
    """Every measurement of the patterns is marked, keeps its outcome, and the reasons name the leak first."""
    made = decided(make, 0.05)
    assert voids(made) == dict.fromkeys(
        ("performance.roc_auc", "performance.f1", "performance.mcc", "fairness.gap"), "data.overlap failed"
    )
    assert made.verdict.decision is Decision.DENIED
    assert made.verdict.reasons == (
        "data.overlap: 0.0500 [0.0450, 0.0550] on 300 rows is above 0.01",
        "performance.f1: 0.600 [0.580, 0.620] on 300 rows is below 0.78 (for information: data.overlap was denied "
        "first)",
        SAID,
    )
    outcomes = {result.check: result.outcome for result in made.results}
    assert outcomes["performance.roc_auc"] is Outcome.PASSED
    assert outcomes["performance.f1"] is Outcome.FAILED


@pytest.mark.parametrize(("leak", "level"), [(0.001, "enforce"), (0.011, "enforce"), (0.05, "warn")])
def test_what_is_not_confirmed_voids_nothing(make: Make, leak: float, level: str) -> None:
    """A leak that is excluded, one that is inconclusive, and one that may only warn."""
    made = decided(make, leak, level=level)
    assert voids(made) == {}
    assert not any("void" in reason for reason in made.verdict.reasons)


def test_a_waived_leak_keeps_the_mark_and_denies_nothing_itself(make: Make) -> None:
    """A waiver says that somebody answers for it; the numbers are no better for it."""
    made = decided(make, 0.05, WAIVER)
    assert set(voids(made).values()) == {"data.overlap failed (waived)"}
    assert made.verdict.reasons == (
        "performance.f1: 0.600 [0.580, 0.620] on 300 rows is below 0.78",
        SAID.replace("data.overlap voids", "data.overlap (waived) voids"),
    )


def test_void_results_are_not_counted_among_those_that_passed(make: Make) -> None:
    """One rule passed on evidence; the other passed on rows that are none."""
    rules = {
        LEAK: make.held(LEAK, {"at_most": 0.01}, stage=1, voids=("performance.*",)),
        "performance.roc_auc": make.held("performance.roc_auc", {"at_least": 0.78}),
        "data.age": make.held("data.age", {"at_least": 0.1}),
    }
    runs = [
        make.run(LEAK, make.number(0.05, 0.005)),
        make.run("performance.roc_auc", make.number(0.9, 0.02)),
        make.run("data.age", make.number(0.5, 0.02)),
    ]
    made = decide(runs, rules, Policy(), (WAIVER,), looks=1, today=TODAY, has_champion=True)
    assert made.verdict.decision is Decision.ALLOWED
    assert made.verdict.reasons == (
        "1 enforcing rule passed.",
        "data.overlap: waived: known twins (data-team, until 2026-12-01); 0.0500 [0.0450, 0.0550] on 300 rows is above "
        "0.01",
        "data.overlap (waived) voids 1 result of this run (performance.roc_auc): it is no evidence of how the model "
        "does on new rows.",
    )


def test_two_leaks_are_both_named(make: Make) -> None:
    """Mending one of them does not make the numbers evidence."""
    rules = {
        id: make.held(id, {"at_most": 0.01}, stage=1, voids=("performance.*",)) for id in ("data.first", "data.second")
    }
    runs = [make.run(id, make.number(0.05, 0.005)) for id in ("data.first", "data.second", "performance.f1")]
    made = decide(runs, rules, Policy(), (), looks=1, today=TODAY, has_champion=False)
    assert voids(made) == {"performance.f1": "data.first failed; data.second failed"}
    assert made.verdict.reasons[-1] == (
        "data.first and data.second void 1 result of this run (performance.f1): it is no evidence of how the model "
        "does on new rows."
    )


def test_a_check_does_not_void_itself(make: Make) -> None:
    """Even where its pattern matches its own id."""
    rules = {"data.first": make.held("data.first", {"at_most": 0.01}, voids=("*",))}
    made = decide(
        [make.run("data.first", make.number(0.05, 0.005))],
        rules,
        Policy(),
        (),
        looks=1,
        today=TODAY,
        has_champion=False,
    )
    assert voids(made) == {}
