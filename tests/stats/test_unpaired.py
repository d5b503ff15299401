"""Differences of numbers that were not measured in pairs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.stats import Estimate, Scale, Spread, unpaired_difference


def share(hits: int, rows: int) -> Estimate:
    value = hits / rows
    spread = Spread("wilson", math.sqrt(value * (1 - value) / rows), Scale.SCORE, trials=float(rows))
    return Estimate(value, rows, spread)


@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_of_shares_it_is_newcombes_method_10(
    after: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    """Table II of Newcombe (1998), contrasts (a) to (d) and (g)."""
    interval = unpaired_difference(share(*after), share(*before), 0.95)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 3), st.floats(0, 3))
def test_of_normal_numbers_the_variances_add_up(a: float, b: float, se_a: float, se_b: float) -> None:
    """And the other way round it is the mirror image."""
    one, other = Estimate(a, 9, Spread("z", se_a)), Estimate(b, 9, Spread("z", se_b))
    interval = unpaired_difference(one, other, 0.95)
    assert interval.half_width == pytest.approx(1.959964 * math.hypot(se_a, se_b), abs=1e-5)
    mirrored = unpaired_difference(other, one, 0.95)
    assert (mirrored.low, mirrored.high) == pytest.approx((-interval.high, -interval.low))


def test_two_facts_have_an_exact_difference() -> None:
    """Counts of these very rows: no width."""
    interval = unpaired_difference(Estimate(5.0, 9), Estimate(7.0, 9), 0.95)
    assert (interval.low, interval.high) == (-2.0, -2.0)
