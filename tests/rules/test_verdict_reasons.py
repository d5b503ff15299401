"""The verdict's reasons: the most telling first, later stages as information, one message for one broken resource."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mlgate.results import CheckRun, RunStatus
from mlgate.rules import CheckRules, Policy, decide

if TYPE_CHECKING:
    from tests.rules.conftest import Make


def reasons(runs: list[CheckRun], rules: list[CheckRules]) -> tuple[str, ...]:
    sheet = {each.check: each for each in rules}
    return decide(runs, sheet, Policy(), (), looks=1, today=date(2026, 11, 24), has_champion=True).verdict.reasons


def test_an_earlier_stage_makes_later_denials_information(make: Make) -> None:
    """Integrity speaks first; what was denied after it stands there for information; open questions come last."""
    rules = [
        make.held("performance.roc_auc", {"at_least": 0.78}, stage=2),
        make.held("data.schema", {"at_most": 0.0}, stage=1),
        make.held("fairness.gap", {"at_most": 0.1}, stage=3),
        make.held("data.age", {"at_most": 0.78}, stage=1),
    ]
    runs = [
        make.run("performance.roc_auc", make.number(0.7, 0.02)),
        make.run("data.schema", make.number(3.0, 0.0)),
        make.run("fairness.gap", make.number(0.3, 0.02)),
        make.run("data.age", make.number(0.78, 0.02)),
    ]
    assert reasons(runs, rules) == (
        "data.schema: 3.00 [3.00, 3.00] on 300 rows is above 0",
        "performance.roc_auc: 0.700 [0.680, 0.720] on 300 rows is below 0.78 (for information: data.schema was denied "
        "first)",
        "fairness.gap: 0.300 [0.280, 0.320] on 300 rows is above 0.1 (for information: data.schema was denied first)",
        "data.age: 0.780 [0.760, 0.800] on 300 rows lies across 0.78; more rows alone need not settle it",
    )


def test_twenty_checks_on_one_unreadable_table_are_one_message(make: Make) -> None:
    """What could not be made is said once, with the checks that need it."""
    broken = [
        CheckRun(f"performance.c{place:02}", RunStatus.ERRORED, 0.0, reason="test.parquet is empty.", cause="test")
        for place in range(20)
    ]
    assert reasons(broken, []) == (
        "20 checks (performance.c00, performance.c01, performance.c02 and 17 more) need test: test.parquet is empty.",
    )


def test_checks_that_fail_for_the_same_reason_are_one_message(make: Make) -> None:
    """Whether or not they share a resource; of another stage, which may be information only, they are told apart."""
    said = "the candidate gives row 3 a score of 1.4, outside 0 to 1."
    runs = [CheckRun(f"performance.{name}", RunStatus.ERRORED, 0.0, reason=said) for name in ("brier", "ece", "slope")]
    rules = [make.held(run.check, {"at_least": 0.5}, stage=3) for run in runs[:2]]
    assert reasons(runs, [*rules, make.held("performance.slope", {"at_least": 0.5}, stage=4)]) == (
        f"2 checks (performance.brier, performance.ece): {said}",
        f"performance.slope: {said} (for information: performance.brier was denied first)",
    )


def test_two_broken_resources_are_two_messages(make: Make) -> None:
    """Different causes are told apart, and so are different reasons."""
    broken = [
        CheckRun("a.a", RunStatus.ERRORED, 0.0, reason="test.parquet is empty.", cause="test"),
        CheckRun("a.b", RunStatus.ERRORED, 0.0, reason="train.parquet is empty.", cause="train"),
        CheckRun("a.c", RunStatus.ERRORED, 0.0, reason="train.parquet is empty.", cause="train"),
    ]
    assert reasons(broken, []) == (
        "a.a: test.parquet is empty.",
        "2 checks (a.b, a.c) need train: train.parquet is empty.",
    )


def test_every_rule_that_denies_is_a_reason(make: Make) -> None:
    """Two failed rules of one check are two reasons."""
    held = make.held("performance.roc_auc", {"at_least": 0.78, "between": [0.9, 1.0]})
    assert reasons([make.run("performance.roc_auc", make.number(0.7, 0.02))], [held]) == (
        "performance.roc_auc: 0.700 [0.680, 0.720] on 300 rows is below 0.78",
        "performance.roc_auc: 0.700 [0.680, 0.720] on 300 rows is below 0.9",
    )
