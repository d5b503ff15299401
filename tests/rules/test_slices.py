"""Slices: each is a claim, all share one error budget, small ones are never decided, the worst is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.results import JudgedBy, Measurement, Outcome, SliceMeasurement
from mlgate.rules import Levels, parse_rules
from mlgate.rules.budget import holm_level
from mlgate.stats import Estimate
from mlgate.stats.quantiles import tail

if TYPE_CHECKING:
    from tests.rules.conftest import Make

AT_LEAST: dict[str, object] = {"at_least": 0.78}


def textbook_holm(p_values: list[float], alpha: float) -> list[bool]:
    """Rejections by Holm's adjusted p-values, as statistics books define them."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    rejected, running = [False] * len(p_values), 0.0
    for rank, place in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[place]))
        rejected[place] = running <= alpha
    return rejected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_level_rejects_what_holm_rejects(p_values: list[float], confidence: float) -> None:
    """Testing every claim at the one level returned rejects exactly what the step-down procedure rejects."""
    alpha = (1 - confidence) / 2
    cut = (1 - holm_level(p_values, confidence)) / 2
    if any(abs(p * k - alpha) < 1e-12 for p in p_values for k in range(1, len(p_values) + 1)):
        return  # a tie that rounding decides
    assert [p <= cut for p in p_values] == textbook_holm(p_values, alpha)


def test_published_example_of_holm() -> None:
    """p = .01, .04, .03, .005 have the adjusted values .03, .06, .06, .02: at a one-sided 5% two are shown."""
    p_values = [0.01, 0.04, 0.03, 0.005]
    cut = (1 - holm_level(p_values, 0.9)) / 2
    assert cut == pytest.approx(0.05 / 2)
    assert [p <= cut for p in p_values] == [True, False, False, True]


def test_one_slice_is_judged_as_a_number_is(make: Make) -> None:
    """A budget of one claim is the whole budget."""
    assert holm_level([0.5], 0.95) == pytest.approx(0.95)
    judged = make.judged(AT_LEAST, make.sliced(f=(0.70, 0.05, 300)))
    assert (judged.outcome, judged.reason) == (
        "failed",
        "sex=f: 0.700 [0.650, 0.750] on 300 rows is below 0.78; the only slice",
    )


@pytest.mark.parametrize(
    ("slices", "outcome", "reason", "rows"),
    [
        (
            {"f": (0.70, 0.03, 300), "m": (0.90, 0.02, 900), "x": (0.72, 0.02, 400)},
            "failed",
            "sex=f: 0.700 [0.670, 0.730] on 300 rows is below 0.78; the worst of 3 slices (1 more failed)",
            None,
        ),
        (
            {"f": (0.83, 0.03, 300), "m": (0.90, 0.02, 900)},
            "passed",
            "sex=f: 0.830 [0.800, 0.860] on 300 rows is at least 0.78; the worst of 2 slices",
            None,
        ),
        (
            {"f": (0.77, 0.03, 300), "m": (0.90, 0.02, 900), "x": (0.9, 0.2, 12)},
            "inconclusive",
            "sex=f: 0.770 [0.740, 0.800] on 300 rows lies across 0.78; the worst of 3 slices (1 more inconclusive): "
            "about 6,400 more rows of sex=f would settle it",
            6381,
        ),
        (
            {"m": (0.90, 0.02, 900), "x": (0.2, 0.2, 12)},
            "inconclusive",
            "sex=x: 12 rows, and a slice needs 50 to be judged; one of 2 slices: about 38 more rows of sex=x would "
            "settle it",
            38,
        ),
        (
            {"m": (0.90, 0.02, 900), "x": (0.2, 0.2, 200, 10)},
            "inconclusive",
            "sex=x: 10 rows in the metric's denominator, and a slice needs 30 to be judged; one of 2 slices: about 400 "
            "more rows of sex=x would settle it",
            400,
        ),
    ],
)
def test_the_worst_slice_speaks(
    slices: dict[str, tuple[float, float, int]], outcome: str, reason: str, rows: int | None, make: Make
) -> None:
    """The sentence names the worst slice, counts the others, and says what would settle it."""
    judged = make.judged(AT_LEAST, make.sliced(**slices))
    assert (judged.outcome, judged.reason, judged.rows_needed) == (outcome, reason, rows)


def test_many_slices_need_more_proof(make: Make) -> None:
    """A slice that would fail alone is inconclusive among many that share the budget, and the sentence says so."""
    weak = (0.74, 0.035, 300)
    assert make.judged(AT_LEAST, make.sliced(f=weak)).outcome is Outcome.FAILED
    judged = make.judged(AT_LEAST, make.sliced(f=weak, **{f"g{i}": (0.9, 0.02, 900) for i in range(11)}))
    assert judged.outcome is Outcome.INCONCLUSIVE
    assert judged.reason == (
        "sex=f: 0.740 [0.705, 0.775] on 300 rows is below 0.78, but not surely enough for slices that share one error "
        "budget; the worst of 12 slices: about 530 more rows of sex=f would settle it"
    )


def test_a_passing_slice_needs_no_adjustment(make: Make) -> None:
    """Each slice passes at the plain level: proof of safety of all is no search among them."""
    judged = make.judged(AT_LEAST, make.sliced(**{f"g{i}": (0.80, 0.0199, 900) for i in range(40)}))
    assert judged.outcome is Outcome.PASSED


def test_no_slice_at_all_is_errored() -> None:
    """A check that was to be judged by slices and has none is no pass."""
    (rule,) = parse_rules(AT_LEAST)
    judged = rule.judge(Measurement(judged_by=JudgedBy.SLICES), 0.95, "higher")
    assert judged.outcome is Outcome.ERRORED
    assert judged.reason.endswith("it is judged by slices, and none was measured")


@given(st.lists(st.tuples(st.floats(0.5, 1.0), st.floats(0.001, 0.2), st.integers(50, 5000)), min_size=1, max_size=8))
def test_families_fail_where_a_shared_level_says(make: Make, numbers: list[tuple[float, float, int]]) -> None:
    """A level shared with the rest of the run is obeyed: a slice fails where its own p-value is below it."""
    measurement = make.sliced(**{f"g{place}": each for place, each in enumerate(numbers)})
    (rule,) = parse_rules(AT_LEAST)
    judged = rule.demand.judge(measurement, Levels(0.95, 0.95, slices=0.999), "higher")
    shown = [tail((0.78 - value) / (width / 1.959963984540054), None) for value, width, _ in numbers]
    if all(abs(p - 0.0005) > 1e-9 for p in shown):
        assert (judged.outcome is Outcome.FAILED) == any(p < 0.0005 for p in shown)


def test_slices_are_named_by_every_column() -> None:
    """A crossed slice says both of its columns."""
    assert SliceMeasurement({"region": "north", "sex": "f"}, Estimate(0.5, 9)).name == "region=north, sex=f"
