"""The rules against the champion: direction, margin, sentence, and the sample sizes of the literature."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from mlgate.results import Comparison, Measurement, Outcome
from mlgate.rules import Levels, NotWorseThanChampion, parse_rules
from mlgate.stats import Estimate, Spread

if TYPE_CHECKING:
    from tests.rules.conftest import Make

NOT_WORSE: dict[str, object] = {"not_worse_than_champion": True}
BETTER: dict[str, object] = {"better_than_champion": True}


@pytest.mark.parametrize(
    ("table", "difference", "outcome", "reason"),
    [
        (NOT_WORSE, -0.031, "failed", "worse than the champion by 0.031 [0.012, 0.050]; the margin is 0.01"),
        (
            NOT_WORSE,
            -0.012,
            "inconclusive",
            "worse than the champion by 0.012 [-0.007, 0.031]; the margin is 0.01, and the interval lies across it: "
            "about 560,000 more rows would settle it",
        ),
        (NOT_WORSE, 0.02, "passed", "better than the champion by 0.020 [0.001, 0.039]; the margin is 0.01"),
        (BETTER, 0.02, "passed", "better than the champion by 0.020 [0.001, 0.039]; it has to be better"),
        (BETTER, -0.031, "failed", "worse than the champion by 0.031 [0.012, 0.050]; it has to be better"),
        (
            {"better_than_champion": {"margin": "1%"}},
            0.035,
            "passed",
            "better than the champion by 0.035 [0.016, 0.054]; it has to be better by more than 0.01",
        ),
    ],
)
def test_higher_is_better(table: dict[str, object], difference: float, outcome: str, reason: str, make: Make) -> None:
    """The sentence says worse or better, by how much, and the margin."""
    judged = make.judged(table, make.compared(difference, 0.019))
    assert (judged.outcome, judged.reason) == (outcome, reason)


@pytest.mark.parametrize("table", [NOT_WORSE, BETTER])
@pytest.mark.parametrize("difference", [-0.05, -0.012, 0.0, 0.012, 0.05])
def test_lower_is_better_is_the_mirror_image(table: dict[str, object], difference: float, make: Make) -> None:
    """A loss that falls is judged, and spoken of, as a score that rises."""
    falling = make.judged(table, make.compared(-difference, 0.019), better="lower")
    rising = make.judged(table, make.compared(difference, 0.019), better="higher")
    assert (falling.outcome, falling.rows_needed) == (rising.outcome, rising.rows_needed)
    if difference:
        assert falling.reason == rising.reason


def test_the_measurement_knows_the_direction_best(make: Make) -> None:
    """Where the metric is an option of the check, the measurement says which way is good."""
    judged = make.judged(NOT_WORSE, make.compared(0.05, 0.01, higher_is_better=False), better="higher")
    assert judged.reason.startswith("worse than the champion by 0.050")


def test_without_a_direction_nothing_is_better(make: Make) -> None:
    """A check that is good neither way can't be compared, and that is no pass."""
    judged = make.judged(NOT_WORSE, make.compared(0.05, 0.01), better="neither")
    assert judged.outcome is Outcome.ERRORED
    assert judged.reason.endswith(
        "the check does not say which way its number is good, so neither model is the better one"
    )


def test_a_champion_that_was_not_measured_is_errored(make: Make) -> None:
    """A missing comparison is never a pass."""
    judged = make.judged(NOT_WORSE, make.number(0.9, 0.01))
    assert judged.outcome is Outcome.ERRORED
    assert judged.reason.endswith("the check did not measure the champion on the same rows")


@pytest.mark.parametrize(
    ("margins", "bounded", "said"),
    [
        (True, True, "the margin is 0.01"),
        (True, False, "the margin is 0.016 (2% of the champion's 0.800)"),
        ({"margin": 0.03}, False, "the margin is 0.03"),
        ({"relative_margin": 0.05}, True, "the margin is 0.040 (5% of the champion's 0.800)"),
        ({"margin": 0.03, "relative_margin": 0.05}, True, "the margin is 0.03"),
        ({"margin": 0.03, "relative_margin": 0.05}, False, "the margin is 0.040 (5% of the champion's 0.800)"),
    ],
)
def test_the_margin_that_applies(margins: object, bounded: bool, said: str, make: Make) -> None:
    """Absolute for bounded metrics, a share of the champion's number for others, the only stated one for any."""
    judged = make.judged({"not_worse_than_champion": margins}, make.compared(-0.2, 0.01, bounded=bounded))
    assert judged.reason == f"worse than the champion by 0.200 [0.190, 0.210]; {said}"


@pytest.mark.parametrize(
    ("table", "outcome", "reason"),
    [
        (NOT_WORSE, "passed", "level with the champion; the margin is 0.01"),
        (BETTER, "failed", "level with the champion; it has to be better"),
    ],
)
def test_an_exact_tie(table: dict[str, object], outcome: str, reason: str) -> None:
    """The same model is not worse, and not better."""
    same = Estimate(0.8, 300)
    measurement = Measurement(same, comparison=Comparison(same, Estimate(0.0, 300)))
    (rule,) = parse_rules(table)
    judged = rule.judge(measurement, 0.95, "higher")
    assert (judged.outcome, judged.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("discordant", "margin", "rows"),
    [
        (0.02, 0.02, 310),
        (0.02, 0.01, 1237),
        (0.05, 0.02, 773),
        (0.05, 0.01, 3092),
        (0.1, 0.02, 1546),
        (0.2, 0.01, 12366),
    ],
)
def test_rows_of_a_non_inferiority_trial(discordant: float, margin: float, rows: int) -> None:
    """The textbook size of a paired non-inferiority trial (80% power, 5% one-sided, true difference 0) is what is asked
    for: n = (z_a + z_b)^2 d / m^2, for models that disagree on the share `discordant` of rows.
    """
    n = 100
    difference = Estimate(0.0, n, Spread("paired", math.sqrt(discordant / n)))
    measurement = Measurement(Estimate(0.8, n), comparison=Comparison(Estimate(0.8, n), difference))
    judged = NotWorseThanChampion(margin).judge(measurement, Levels.of(0.9), "higher")
    assert judged.outcome is Outcome.INCONCLUSIVE
    assert judged.rows_needed == pytest.approx(rows - n, abs=1)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (NOT_WORSE, "not_worse_than_champion(0.01, relative_margin=0.02)"),
        ({"not_worse_than_champion": {"margin": 0.01}}, "not_worse_than_champion(0.01)"),
        ({"not_worse_than_champion": {"relative_margin": "2%"}}, "not_worse_than_champion(relative_margin=0.02)"),
        (BETTER, "better_than_champion()"),
    ],
)
def test_names_for_the_record(table: dict[str, object], text: str) -> None:
    """str() says the margin."""
    assert [str(rule) for rule in parse_rules(table)] == [text]
