"""Bounds: an interval wholly on one side decides, one across the bound says how many rows would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.results import Counted, Measurement, Outcome, Part
from mlgate.rules import AtLeast, AtMost, Between, Levels, Quantity, parse_rules
from mlgate.stats import Estimate, Spread

if TYPE_CHECKING:
    from tests.rules.conftest import Make


@pytest.mark.parametrize(
    ("table", "outcome", "reason"),
    [
        ({"at_least": 0.68}, "passed", "0.741 [0.681, 0.801] on 300 rows is at least 0.68"),
        ({"at_least": 0.81}, "failed", "0.741 [0.681, 0.801] on 300 rows is below 0.81"),
        (
            {"at_least": 0.78},
            "inconclusive",
            "0.741 [0.681, 0.801] on 300 rows lies across 0.78: about 1,200 more rows would settle it",
        ),
        ({"at_most": 0.81}, "passed", "0.741 [0.681, 0.801] on 300 rows is at most 0.81"),
        ({"at_most": "68%"}, "failed", "0.741 [0.681, 0.801] on 300 rows is above 68%"),
        ({"between": [0.5, 0.9]}, "passed", "0.741 [0.681, 0.801] on 300 rows lies in [0.5, 0.9]"),
        ({"between": [0.5, 0.6]}, "failed", "0.741 [0.681, 0.801] on 300 rows is above 0.6"),
        ({"between": [0.85, 0.9]}, "failed", "0.741 [0.681, 0.801] on 300 rows is below 0.85"),
        (
            {"between": [0.7, 0.9]},
            "inconclusive",
            "0.741 [0.681, 0.801] on 300 rows lies partly outside [0.7, 0.9]: about 1,100 more rows would settle it",
        ),
    ],
)
def test_side_of_the_bound_decides(table: dict[str, object], outcome: str, reason: str, make: Make) -> None:
    """Wholly good passes, wholly bad fails, across is inconclusive; the sentence has the numbers."""
    judged = make.judged(table, make.number(0.741, 0.06))
    assert (judged.outcome, judged.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("table", "outcome", "reason"),
    [
        ({"at_least": 0.8}, "passed", "0.800 on 300 rows is at least 0.8"),
        ({"at_least": 0.8001}, "failed", "0.8000 on 300 rows is below 0.8001"),
        ({"between": [0.8, 0.8]}, "passed", "0.800 on 300 rows lies in [0.8, 0.8]"),
    ],
)
def test_a_fact_is_never_inconclusive(table: dict[str, object], outcome: str, reason: str, make: Make) -> None:
    """A number without sampling error is on one side, and the bound itself is good enough."""
    judged = make.judged(table, Measurement.exact(0.8, n=300))
    assert (judged.outcome, judged.reason) == (outcome, reason)


def test_requests_are_settled_by_requests_and_not_by_rows() -> None:
    """What a load measured is no matter of the table: the reason says what sends more, and no rows are promised."""
    (rule,) = parse_rules({"at_most": "20ms"})
    measured = Measurement(Estimate(19.0, 100, Spread("normal", 1.0)), "ms", counted=Counted.REQUESTS)
    judged = rule.judge(measured, 0.95, "lower")
    assert judged.outcome is Outcome.INCONCLUSIVE
    said = "on 100 requests lies across 20 ms: more requests would settle it, with a longer duration or a higher rate"
    assert judged.reason.endswith(said)
    assert judged.rows_needed is None


def test_a_part_is_judged_in_its_own_unit(make: Make) -> None:
    """`{ p99 = "50ms" }` speaks of the part p99, measured in seconds here."""
    measurement = Measurement(make.estimate(0.02, 0.001), "s", parts=(Part("p99", make.estimate(0.061, 0.003), "s"),))
    judged = make.judged({"at_most": {"p99": "50ms"}}, measurement)
    assert judged.reason == "p99 0.0610 s [0.0580, 0.0640] on 300 rows is above 50 ms"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (
            {"at_most": {"p98": "50ms"}},
            "at_most(p98=50 ms) could not be held against what was measured: the measurement has no part p98; did you "
            "mean p99?",
        ),
        (
            {"at_most": {"p99": 50}},
            "at_most(p99=50) could not be held against what was measured: 50 has no unit, and what is measured is in "
            'ms: write "50 ms"',
        ),
        (
            {"at_most": 50},
            "at_most(50) could not be held against what was measured: the check measured no main number; its parts "
            "are: p99",
        ),
    ],
)
def test_a_rule_that_does_not_fit_is_errored(table: dict[str, object], reason: str, make: Make) -> None:
    """A part that is not there and a unit that can't be compared are outcomes, never passes."""
    judged = make.judged(table, Measurement(parts=(Part("p99", make.estimate(61.0, 3.0), "ms"),)))
    assert (judged.outcome, judged.reason) == (Outcome.ERRORED, reason)


def test_findings_alone_have_no_number(make: Make) -> None:
    """A bound on a check that only finds things says which rule to use."""
    judged = make.judged({"at_least": 1}, Measurement())
    assert judged.reason.endswith("the check measured no main number; it has no parts")


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"at_least": 0.78}, "at_least(0.78)"),
        ({"at_most": {"p99": "50ms"}}, "at_most(p99=50 ms)"),
        ({"between": [0.8, 1.25]}, "between(0.8, 1.25)"),
        ({"between": [0.8, 1.25], "of": "slope"}, "between(slope=[0.8, 1.25])"),
        ({"at_most": "5%"}, "at_most(5%)"),
    ],
)
def test_rules_have_names_for_the_record(table: dict[str, object], text: str) -> None:
    """str() is what the record shows."""
    assert [str(rule) for rule in parse_rules(table)] == [text]


finite = st.floats(-1e6, 1e6)
widths = st.floats(0, 1e3)


@given(finite, widths, finite)
def test_at_least_mirrors_at_most(value: float, se: float, bound: float) -> None:
    """Turning every sign turns at_least into at_most, with the same outcome and the same rows."""
    up, down = Estimate(value, 100, Spread("normal", se)), Estimate(-value, 100, Spread("normal", se))
    levels = Levels.of(0.95)
    least = AtLeast(Quantity(bound)).judge(Measurement(up), levels, "higher")
    most = AtMost(Quantity(-bound)).judge(Measurement(down), levels, "higher")
    assert (least.outcome, least.rows_needed) == (most.outcome, most.rows_needed)


@given(finite, widths, finite, finite)
def test_between_passes_where_both_bounds_pass(value: float, se: float, one: float, other: float) -> None:
    """between is at_least and at_most together: it passes where both pass and fails where one fails."""
    low, high = sorted((one, other))
    measurement, levels = Measurement(Estimate(value, 100, Spread("normal", se))), Levels.of(0.95)
    parts = {
        rule.judge(measurement, levels, "higher").outcome for rule in (AtLeast(Quantity(low)), AtMost(Quantity(high)))
    }
    whole = Between(Quantity(low), Quantity(high)).judge(measurement, levels, "higher").outcome
    worst = next(each for each in (Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.PASSED) if each in parts)
    assert whole is worst


@given(finite, st.floats(1e-3, 1e3), finite, st.integers(1, 10**6))
def test_further_rows_are_promised_only_where_they_help(value: float, se: float, bound: float, n: int) -> None:
    """Rows are named exactly where the rule is inconclusive, and they are always more than none."""
    judged = AtLeast(Quantity(bound)).judge(
        Measurement(Estimate(value, n, Spread("normal", se))), Levels.of(0.95), "higher"
    )
    if judged.outcome is not Outcome.INCONCLUSIVE:
        assert judged.rows_needed is None
    elif judged.rows_needed is not None:
        assert judged.rows_needed >= 1
