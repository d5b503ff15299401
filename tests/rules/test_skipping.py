"""What a check that found nothing to measure does to the verdict."""

from __future__ import annotations

from datetime import date

import pytest

from mlgate.results import CheckRun, Decision, RunStatus
from mlgate.rules import CheckRules, Policy, decide, parse_rules


@pytest.mark.parametrize("may_skip", [False, True])
def test_a_member_of_a_suite_may_find_nothing_to_measure(may_skip: bool) -> None:
    """Named by itself it is required; named by its suite it measures where it can."""
    held = CheckRules("toy.b", parse_rules({"at_most": 1}), required=True, may_skip=may_skip)
    run = CheckRun("toy.b", RunStatus.SKIPPED, 0.0, reason="no time column")
    decided = decide([run], {"toy.b": held}, Policy(), (), looks=1, today=date(2026, 1, 1), has_champion=False)
    assert any("toy.b" in reason for reason in decided.verdict.reasons) is not may_skip
    assert ("required and skipped" in decided.results[0].reason) is not may_skip


def test_a_member_of_a_suite_may_not_be_missing() -> None:
    """A record that lacks it is no evidence, however it came to lack it."""
    held = CheckRules("toy.b", parse_rules({"at_most": 1}), required=True, may_skip=True)
    decided = decide([], {"toy.b": held}, Policy(), (), looks=1, today=date(2026, 1, 1), has_champion=False)
    assert decided.verdict.decision is Decision.DENIED
    assert "not in this record" in decided.results[0].reason
