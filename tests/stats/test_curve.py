"""Confidence curves: what was drawn at one level can be drawn again at any other, from the record."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlgate.results import CheckRun, Measurement, RunStatus
from mlgate.results.record_json import run_from_json, run_to_json
from mlgate.stats import Curve, Estimate, Spread

LEVELS = st.floats(0.05, 0.9999)
SPANS = st.lists(st.floats(0, 2), min_size=2, max_size=13)


def normal(value: float, se: float) -> Estimate:
    """The curve of an estimate with a standard error, which Spread knows by itself."""
    grid = [0.5 * place for place in range(13)]
    curve = Curve(tuple(value - se * z for z in grid), tuple(value + se * z for z in grid))
    return Estimate(value, 400, Spread("curve", se, curve=curve))


def curve_of(steps: list[float]) -> Curve:
    low, high = [0.3], [0.31]
    for step in steps:
        low.append(low[-1] - step)
        high.append(high[-1] + step / 2)
    return Curve(tuple(low), tuple(high))


@given(level=LEVELS, bound=st.floats(-1, 1))
def test_the_curve_of_a_normal_estimate_is_its_interval(level: float, bound: float) -> None:
    """Interval, p-values and rows are those of the same estimate with its standard error."""
    ours, theirs = normal(0.1, 0.07), Estimate(0.1, 400, Spread("normal", 0.07))
    one, other = ours.interval(level), theirs.interval(level)
    assert (one.low, one.high) == pytest.approx((other.low, other.high))
    assert ours.p_value_above(bound) == pytest.approx(stats.norm.sf((0.1 - bound) / 0.07))
    assert ours.p_value_below(bound) == pytest.approx(stats.norm.cdf((0.1 - bound) / 0.07))
    if abs(bound - 0.1) > 1e-3:
        rows, known = ours.rows_to_settle(bound, level), theirs.rows_to_settle(bound, level)
        assert rows is not None
        assert known is not None
        assert rows == pytest.approx(known, abs=1)


@given(steps=SPANS, level=LEVELS, side=st.sampled_from(["above", "below"]))
def test_a_bound_has_the_p_value_of_its_level(steps: list[float], level: float, side: str) -> None:
    """The end of an interval is the bound that is just not excluded at its level."""
    estimate = Estimate(0.305, 100, Spread("curve", 0.1, curve=curve_of(steps)))
    interval = estimate.interval(level)
    end = interval.low if side == "above" else interval.high
    nudge = -1e-6 if side == "above" else 1e-6
    p_value: Callable[[float], float] = estimate.p_value_above if side == "above" else estimate.p_value_below
    assert p_value(end - nudge) >= (1 - level) / 2 - 1e-6
    assert p_value(end + nudge) <= (1 - level) / 2 + 1e-6 or estimate.interval(1 - 1e-9).low == interval.low


def test_a_bound_that_is_never_left_is_never_excluded() -> None:
    """A largest difference is not below 0: however sure one is, 0 itself can't be excluded."""
    estimate = Estimate(
        0.1, 100, Spread("curve", 0.1, least=0.0, most=0.25, curve=Curve((0.05, 0.0, -0.05), (0.1, 0.2, 0.3)))
    )
    assert estimate.p_value_above(0.0) == pytest.approx(stats.norm.sf(0.5))
    assert estimate.p_value_above(-0.01) == 0.0
    assert estimate.p_value_below(0.26) == 0.0
    assert (estimate.interval(0.99).low, estimate.interval(0.99).high) == (0.0, 0.25)


@pytest.mark.parametrize(
    ("lower", "upper"),
    [((0.1,), (0.2,)), ((0.1, 0.2), (0.3, 0.4)), ((0.1, 0.0), (0.3, 0.2)), ((0.1, math.nan), (0.2, 0.3)),
     ((0.5, 0.4), (0.4, 0.5)), ((0.1, 0.0), (0.2, 0.3, 0.4))],
)  # fmt: skip
def test_a_curve_that_does_not_widen_is_refused(lower: tuple[float, ...], upper: tuple[float, ...]) -> None:
    """Bounds are finite, in order and widen."""
    with pytest.raises(ValueError, match="confidence curve"):
        Curve(lower, upper)


def test_a_curve_survives_the_record() -> None:
    """`mlgate decide` and Holm redraw intervals from what the record keeps."""
    measurement = Measurement(normal(0.1, 0.07))
    run = CheckRun("fairness.example", RunStatus.MEASURED, 0.0, measurement)
    assert run_from_json(run_to_json(run)).measurement == measurement
