"""Waivers: they excuse by name, are shown, and deny when nobody looks after them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from mlgate.results import CheckRun, RunStatus
from mlgate.rules import CheckRules, Decided, Policy, Waiver, decide

if TYPE_CHECKING:
    from tests.rules.conftest import Make

TODAY = date(2026, 11, 24)
CHECK = "data.duplicates"


def waived(runs: list[CheckRun], rules: list[CheckRules], *waivers: Waiver) -> Decided:
    sheet = {each.check: each for each in rules}
    return decide(runs, sheet, Policy(), waivers, looks=1, today=TODAY, has_champion=True)


def waiver(check: str = CHECK, until: date = TODAY, rule: str | None = None) -> Waiver:
    return Waiver(check, "vendor re-sends rows", "data-team", until, "mlgate.toml:41", rule)


@pytest.mark.parametrize("value", [0.7, 0.5])
def test_a_waiver_excuses_failed_and_inconclusive(value: float, make: Make) -> None:
    """The rule's outcome stays in the record with the waiver's own words; the verdict counts it."""
    decided = waived([make.run(CHECK, make.number(value, 0.1))], [make.held(CHECK, {"at_most": 0.5})], waiver())
    outcome = decided.results[0].rules[0]
    assert decided.verdict.exit_code == 0
    assert outcome.waived == "vendor re-sends rows (data-team, until 2026-11-24)"
    assert decided.results[0].reason == f"{outcome.reason}; waived: {outcome.waived}"
    assert decided.verdict.reasons == (
        "0 enforcing rules passed.",
        f"data.duplicates: waived: {outcome.waived}; {outcome.reason}",
    )
    assert [(each.check, each.until, each.used) for each in decided.waivers] == [(CHECK, "2026-11-24", True)]


def test_a_waiver_that_was_not_needed_is_kept_as_unused(make: Make) -> None:
    """A rule that passes needs no excuse, and the record says that the waiver did nothing."""
    decided = waived([make.run(CHECK, make.number(0.1, 0.1))], [make.held(CHECK, {"at_most": 0.5})], waiver())
    assert (decided.verdict.exit_code, decided.waivers[0].used) == (0, False)


def test_a_waiver_for_one_rule_leaves_the_others(make: Make) -> None:
    """`rule` narrows the exception to the rule it names."""
    held = make.held(CHECK, {"at_most": 0.5, "between": [0.1, 0.4]})
    decided = waived([make.run(CHECK, make.number(0.8, 0.1))], [held], waiver(rule="at_most"))
    assert [each.waived is not None for each in decided.results[0].rules] == [True, False]
    assert decided.verdict.exit_code == 1


def test_an_expired_waiver_denies_even_where_all_is_well(make: Make) -> None:
    """It no longer excuses, and it has to be renewed or removed."""
    expired = waiver(until=TODAY - timedelta(days=1))
    decided = waived([make.run(CHECK, make.number(0.1, 0.1))], [make.held(CHECK, {"at_most": 0.5})], expired)
    assert (decided.verdict.decision, decided.verdict.exit_code) == ("denied", 1)
    assert decided.verdict.reasons == (
        "mlgate.toml:41: the waiver for data.duplicates expired on 2026-11-23: remove it, or renew it with a new date "
        "and reason.",
    )


def test_an_expired_waiver_excuses_nothing(make: Make) -> None:
    """The failure it once covered denies, and is told first."""
    expired = waiver(until=TODAY - timedelta(days=1))
    decided = waived([make.run(CHECK, make.number(0.8, 0.1))], [make.held(CHECK, {"at_most": 0.5})], expired)
    assert decided.results[0].rules[0].waived is None
    assert decided.waivers[0].used is False
    assert len(decided.verdict.reasons) == 2


@pytest.mark.parametrize("status", [None, RunStatus.SKIPPED])
def test_a_waiver_that_matches_nothing_that_ran_denies(status: RunStatus | None, make: Make) -> None:
    """A waiver for a check that is gone, or was skipped, is a forgotten hole."""
    runs = [make.run("data.schema", make.number(0.1, 0.1))]
    if status is not None:
        runs.append(CheckRun(CHECK, status, 0.0, reason="no train table"))
    decided = waived(runs, [make.held("data.schema", {"at_most": 0.5})], waiver())
    assert decided.verdict.exit_code == 1
    assert decided.verdict.reasons == (
        "mlgate.toml:41: the waiver for data.duplicates matches no check that ran: remove it, or run that check.",
    )


def test_a_waiver_for_a_rule_that_is_gone_denies(make: Make) -> None:
    """A renamed rule must not leave its exception behind."""
    held = make.held(CHECK, {"at_most": 0.5})
    decided = waived([make.run(CHECK, make.number(0.1, 0.1))], [held], waiver(rule="between"))
    assert decided.verdict.reasons == (
        "mlgate.toml:41: the waiver for data.duplicates names the rule between, which that check does not have: remove "
        "it, or name another rule.",
    )


def test_a_crash_can_not_be_waived(make: Make) -> None:
    """A waiver excuses what is known; a check that crashed is not."""
    runs = [CheckRun(CHECK, RunStatus.ERRORED, 0.0, reason="it broke"), make.run("data.schema", make.number(0.1, 0.1))]
    rules = [make.held(CHECK, {"at_most": 0.5}), make.held("data.schema", {"at_most": 0.5})]
    assert waived(runs, rules, waiver()).verdict.exit_code == 3


def test_a_rule_that_does_not_fit_can_not_be_waived(make: Make) -> None:
    """A rule on a part that was not measured stays an error under a waiver."""
    held = make.held(CHECK, {"at_most": {"p99": 0.5}})
    decided = waived([make.run(CHECK, make.number(0.1, 0.1))], [held], waiver())
    assert (decided.verdict.exit_code, decided.results[0].rules[0].waived) == (3, None)
