"""A group too small to be judged keeps a rule from passing; it neither denies by itself nor hides what is shown."""

from __future__ import annotations

import pytest

from mlgate.results import Comparison, Measurement, Outcome, Part, TooSmall
from mlgate.rules import parse_rules
from mlgate.stats import Estimate, Spread

SMALL = TooSmall("region=islands", "has 12 rows, and a group needs 50 to be judged", 38, "region")
TINY = TooSmall("region=moon", "has 1 row, and a group needs 50 to be judged", 49, "region")


def measured(value: float, *small: TooSmall) -> Measurement:
    estimate = Estimate(value, 1_000, Spread("normal", 0.01))
    parts = (Part("region", estimate), Part("sex", estimate))
    return Measurement(estimate, parts=parts, comparison=Comparison(estimate, estimate, False), too_small=small)


@pytest.mark.parametrize(("value", "outcome"), [(0.1, "inconclusive"), (0.2, "inconclusive"), (0.3, "failed")])
def test_what_is_shown_fails_and_nothing_passes(value: float, outcome: str) -> None:
    """Of the three outcomes, passing is the one that a small group takes away."""
    (rule,) = parse_rules({"at_most": 0.2})
    assert rule.judge(measured(value, SMALL), 0.95, "lower").outcome is Outcome(outcome)


def test_the_reason_names_the_group_and_the_rows_it_needs() -> None:
    """The group that needs the fewest rows is named, the others are counted."""
    (rule,) = parse_rules({"at_most": 0.2})
    judged = rule.judge(measured(0.1, TINY, SMALL), 0.95, "lower")
    assert judged.reason == (
        "0.100 [0.080, 0.120] on 1,000 rows is at most 0.2, but region=islands has 12 rows, and a group needs 50 to be "
        "judged (and 1 more group like it): about 38 more rows of it would do"
    )
    assert judged.rows_needed == 49


def test_a_part_is_held_back_by_its_own_groups_alone() -> None:
    """Small regions say nothing of the sexes."""
    by_region, by_sex = parse_rules({"at_most": {"region": 0.2, "sex": 0.2}})
    measurement = measured(0.1, SMALL)
    assert by_region.judge(measurement, 0.95, "lower").outcome is Outcome.INCONCLUSIVE
    assert by_sex.judge(measurement, 0.95, "lower").outcome is Outcome.PASSED


def test_the_champion_rule_is_held_back_too() -> None:
    """The difference of two models' gaps rests on the same groups."""
    (rule,) = parse_rules({"not_worse_than_champion": {"margin": 0.2}})
    assert rule.judge(measured(0.1), 0.95, "lower").outcome is Outcome.PASSED
    assert rule.judge(measured(0.1, SMALL), 0.95, "lower").outcome is Outcome.INCONCLUSIVE
