"""Where each check of a record stands, for a reader: an outcome, and whether it blocks, warns or was waived."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from mlgate.results import Level, Outcome, Record, Result, RuleOutcome


class Standing(StrEnum):
    """What a reader has to know first of one check. `FAILED` alone blocks; the order is that of reports.

    `VOID` would have passed, on rows that are no evidence.
    """

    FAILED = "failed"
    ERRORED = "errored"
    INCONCLUSIVE = "inconclusive"
    WARNED = "warned"
    WAIVED = "waived"
    VOID = "void"
    SKIPPED = "skipped"
    RECORDED = "recorded"
    PASSED = "passed"


_UNFAILED = {
    Outcome.PASSED: Standing.PASSED,
    Outcome.INCONCLUSIVE: Standing.INCONCLUSIVE,
    Outcome.SKIPPED: Standing.SKIPPED,
    Outcome.ERRORED: Standing.ERRORED,
}


def standing(result: Result) -> Standing:
    """A failure blocks where an enforcing rule failed and nobody waived it; without rules the result's level says.

    What is void and passed, or was only recorded, is `VOID`; what speaks against the model stands all the same.
    `RECORDED` is a check that nothing was demanded of, or whose failed rules may only observe.
    """
    held = _unvoided(result)
    return Standing.VOID if result.void is not None and held in (Standing.PASSED, Standing.RECORDED) else held


def _unvoided(result: Result) -> Standing:
    if result.outcome is Outcome.PASSED and result.rule is None and not result.rules:
        return Standing.RECORDED
    if result.outcome is not Outcome.FAILED:
        return _UNFAILED[result.outcome]
    failed = rules_with(result, Outcome.FAILED)
    unwaived = {rule.level for rule in failed if not rule.waived}
    if Level.ENFORCE in unwaived:
        return Standing.FAILED
    if Level.WARN in unwaived:
        return Standing.WARNED
    return Standing.WAIVED if any(rule.waived for rule in failed) else Standing.RECORDED


def of_standing(record: Record, *wanted: Standing) -> tuple[Result, ...]:
    """The results that stand so, in the record's order."""
    return tuple(result for result in record.results if standing(result) in wanted)


def worst_first(results: Iterable[Result]) -> list[Result]:
    """The results in the order of `Standing`, those that stand alike in their own."""
    order = {each: place for place, each in enumerate(Standing)}
    return sorted(results, key=lambda result: order[standing(result)])


def rules_with(result: Result, outcome: Outcome) -> tuple[RuleOutcome, ...]:
    """The rules with this outcome; a result that kept no rules speaks for itself."""
    itself = (RuleOutcome(result.rule or "", result.outcome, result.level, result.reason),)
    return tuple(rule for rule in result.rules or itself if rule.outcome is outcome)


def counts(record: Record) -> dict[Standing, int]:
    """How many checks stand how; standings that nobody has are left out."""
    held = [standing(result) for result in record.results]
    return {each: held.count(each) for each in Standing if each in held}
