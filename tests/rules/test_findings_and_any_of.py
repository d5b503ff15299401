"""`no_findings` counts from a severity on; `any_of` passes by one and fails by all."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from mlgate.results import Finding, Location, Measurement, Outcome, Severity
from mlgate.rules import AnyOf, Judgement, Levels, parse_rules

if TYPE_CHECKING:
    from tests.rules.conftest import Make

EVAL = Finding("eval of text from the network.", Severity.HIGH, Location("train.py", 3))
ASSERT = Finding("assert in production", Severity.LOW, Location("train.py"))
PICKLE = Finding("unsafe import os.system", Severity.CRITICAL)


@pytest.mark.parametrize(
    ("asked", "findings", "outcome", "reason"),
    [
        (True, (), "passed", "no findings"),
        (True, (ASSERT,), "failed", "1 finding: assert in production (train.py)"),
        ("high", (ASSERT,), "passed", "no findings of high severity or worse (1 lesser one not counted)"),
        (
            "medium",
            (ASSERT, EVAL, PICKLE),
            "failed",
            "2 findings of medium severity or worse (1 lesser one not counted): unsafe import os.system, and 1 more",
        ),
        (
            {"severity": "high"},
            (EVAL,),
            "failed",
            "1 finding of high severity or worse: eval of text from the network (train.py:3)",
        ),
    ],
)
def test_findings_count_from_a_severity_on(
    asked: object, findings: tuple[Finding, ...], outcome: str, reason: str, make: Make
) -> None:
    """The worst finding that counts is told, with its place."""
    judged = make.judged({"no_findings": asked}, Measurement(findings=findings))
    assert (judged.outcome, judged.reason) == (outcome, reason)


class Says:
    """A demand that says what it is told to."""

    name = "says"

    def __init__(self, outcome: Outcome, rows: int | None = None) -> None:
        self.outcome, self.rows = outcome, rows

    def judge(self, measurement: Measurement, levels: Levels, better: str) -> Judgement:
        return Judgement(self.outcome, f"it {self.outcome}", self.rows)

    def without_champion(self) -> Says:
        return self

    def slice_p_values(self, measurement: Measurement) -> tuple[float, ...]:
        return ()


@pytest.mark.parametrize("outcomes", list(product([Outcome.PASSED, Outcome.FAILED, Outcome.INCONCLUSIVE], repeat=3)))
def test_one_is_enough_and_all_must_fail(outcomes: tuple[Outcome, ...]) -> None:
    """The truth table of any_of."""
    judged = AnyOf(tuple(Says(outcome) for outcome in outcomes)).judge(Measurement(), Levels.of(0.95), "higher")
    if Outcome.PASSED in outcomes:
        assert judged.outcome is Outcome.PASSED
    elif set(outcomes) == {Outcome.FAILED}:
        assert (judged.outcome, judged.reason) == (Outcome.FAILED, "it failed and it failed and it failed")
    else:
        assert judged.outcome is Outcome.INCONCLUSIVE


def test_one_that_does_not_fit_spoils_the_whole() -> None:
    """A misread alternative is no alternative: errored wins over passed."""
    both = AnyOf((Says(Outcome.PASSED), Says(Outcome.ERRORED)))
    assert both.judge(Measurement(), Levels.of(0.95), "higher").outcome is Outcome.ERRORED


def test_the_cheapest_way_out_is_told() -> None:
    """Settling one alternative may be enough, so the fewest rows are named."""
    both = AnyOf((Says(Outcome.INCONCLUSIVE, 900), Says(Outcome.INCONCLUSIVE, 40), Says(Outcome.INCONCLUSIVE)))
    assert both.judge(Measurement(), Levels.of(0.95), "higher").rows_needed == 40


def test_nothing_to_choose_from_is_refused() -> None:
    """The empty rule is invalid."""
    with pytest.raises(ValueError, match="any_of needs something to choose from: nothing at all never passes"):
        AnyOf(())


def test_the_default_of_calibration_reads(make: Make) -> None:
    """Slope outside its band and calibration error above 0.05 block together, as the default rule has it."""
    (rule,) = parse_rules({"any_of": [{"between": [0.8, 1.25], "of": "slope"}, {"at_most": 0.05}]})
    assert str(rule) == "any_of(between(slope=[0.8, 1.25]), at_most(0.05))"
