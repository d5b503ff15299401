"""Intervals and p-values of one estimate: published values, and the laws that tie them together."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from mlgate.stats import Estimate, Interval, Scale, Spread

LEVELS = st.floats(0.5, 0.999)
SHARES = st.floats(0.02, 0.98)


def share(hits: int, trials: int) -> Estimate:
    p = hits / trials
    spread = Spread("wilson", math.sqrt(p * (1 - p) / trials), Scale.SCORE, trials=trials)
    return Estimate(p, trials, spread)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_has_newcombes_published_bounds(hits: int, trials: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    interval = share(hits, trials).interval(0.95)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@given(value=st.floats(-50, 50), se=st.floats(0.01, 10), df=st.floats(2, 200), level=LEVELS)
def test_students_interval_is_scipys(value: float, se: float, df: float, level: float) -> None:
    """On its own scale the interval is the textbook's."""
    interval = Estimate(value, 10, Spread("student", se, df=df)).interval(level)
    low, high = stats.t.interval(level, df, loc=value, scale=se)
    assert interval.low == pytest.approx(low, rel=1e-9)
    assert interval.high == pytest.approx(high, rel=1e-9)


def estimates() -> st.SearchStrategy[Estimate]:
    """One of every scale."""
    ses = st.floats(0.01, 0.5)
    return st.one_of(
        st.builds(lambda v, s: Estimate(v, 100, Spread("x", s)), st.floats(-5, 5), ses),
        st.builds(lambda v, s: Estimate(v, 100, Spread("x", s, Scale.LOGIT, df=30.0)), SHARES, ses),
        st.builds(lambda v, s: Estimate(v, 100, Spread("x", s, Scale.LOG)), st.floats(0.1, 50), ses),
        st.builds(lambda v, s: Estimate(v, 100, Spread("x", s, Scale.ATANH)), st.floats(-0.95, 0.95), ses),
        st.builds(lambda v, s: Estimate(v, 100, Spread("x", s, Scale.LOG_COMPLEMENT)), st.floats(-5, 0.98), ses),
        st.builds(lambda v, n: Estimate(v, 100, Spread("x", 0.1, Scale.SCORE, trials=n)), SHARES, st.floats(5, 5000)),
        st.builds(lambda v, s: Estimate(v, 100, Spread("x", s, least=0.0, most=1.0)), st.floats(0, 1), ses),
    )


@given(estimates(), LEVELS, LEVELS)
def test_a_higher_level_is_a_wider_interval_around_the_value(estimate: Estimate, one: float, other: float) -> None:
    """Intervals of one estimate are nested, and all hold the estimate."""
    narrow, wide = (estimate.interval(level) for level in sorted((one, other)))
    slack = 1e-9 * max(1, abs(estimate.value))
    assert wide.low <= narrow.low + slack
    assert narrow.low <= estimate.value + slack
    assert estimate.value - slack <= narrow.high
    assert narrow.high <= wide.high + slack


@given(estimates(), LEVELS, st.floats(-5, 50))
def test_an_interval_and_a_p_value_never_contradict(estimate: Estimate, level: float, bound: float) -> None:
    """The interval lies wholly above a bound exactly when the one-sided p-value says so."""
    interval = estimate.interval(level)
    assume(abs(interval.low - bound) > 1e-6)
    assert (interval.low > bound) == (estimate.p_value_above(bound) < (1 - level) / 2)


@given(estimates(), st.floats(-5, 50))
def test_two_sides_add_up(estimate: Estimate, bound: float) -> None:
    """What speaks against one side speaks for the other."""
    assert estimate.p_value_above(bound) + estimate.p_value_below(bound) == pytest.approx(1)


@given(
    value=st.floats(0, 1), centre=st.none() | st.floats(-1, 2), se=st.floats(0, 3), level=LEVELS, bound=st.floats(-1, 2)
)
def test_an_interval_never_leaves_what_the_number_can_be(
    value: float, centre: float | None, se: float, level: float, bound: float
) -> None:
    """Whatever the spread: the ends hold, and what lies beyond them is ruled out for certain."""
    estimate = Estimate(value, 100, Spread("x", se, centre=centre, least=0.0, most=1.0))
    interval = estimate.interval(level)
    assert 0.0 <= interval.low <= interval.high <= 1.0
    if bound < 0:
        assert (estimate.p_value_above(bound), estimate.p_value_below(bound)) == (0.0, 1.0)
    if bound > 1:
        assert (estimate.p_value_above(bound), estimate.p_value_below(bound)) == (1.0, 0.0)


def test_a_loss_at_its_end_is_not_shown_to_be_above_it() -> None:
    """A calibrated model's error of 0.01 +- 0.02 is no proof of an error above 0, and its interval starts there."""
    error = Estimate(0.01, 100, Spread("x", 0.02, least=0.0, most=1.0))
    assert error.interval(0.95).low == 0.0
    assert error.p_value_above(0.0) == pytest.approx(stats.norm.sf(0.5))


def test_r2_is_symmetric_in_the_error_that_is_left() -> None:
    """On the log of 1 - r2: from 0.9, twice the error left is 0.8 and half of it 0.95."""
    se = math.log(2) / stats.norm.ppf(0.975)
    interval = Estimate(0.9, 100, Spread("x", se, Scale.LOG_COMPLEMENT, most=1.0)).interval(0.95)
    assert interval.low == pytest.approx(0.8)
    assert interval.high == pytest.approx(0.95)


def test_a_range_has_ordered_ends() -> None:
    """A range that nothing is within is a mistake of the check."""
    with pytest.raises(ValueError, match="a number's range has ordered ends"):
        Spread("x", 0.1, least=1.0, most=0.0)


def test_a_fact_without_sampling_error_is_its_own_interval() -> None:
    """A count of this very table is known."""
    fact = Estimate(3.0, 10)
    assert fact.interval(0.95) == Interval(3.0, 3.0, 0.95, "exact")
    assert (fact.p_value_above(2.0), fact.p_value_above(4.0)) == (0.0, 1.0)


def test_rows_to_settle_are_those_of_a_one_sided_test_with_power() -> None:
    """n = (z_.025 + z_.20)^2 p(1-p) / d^2 for a share of 0.8 against 0.75 (Chow, Shao & Wang 2008): 589 rows with the
    bound's own variance."""
    assert share(80, 100).rows_to_settle(0.75, 0.95) == math.ceil((1.959964 + 0.841621) ** 2 * 0.75 * 0.25 / 0.05**2)
    assert Estimate(0.5, 100, Spread("x", 0.1)).rows_to_settle(0.5, 0.95) is None


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_no_estimate(bad: float) -> None:
    """NaN is refused where a number is made, not where it is read."""
    with pytest.raises(ValueError, match="a measured value is finite"):
        Estimate(bad, 1)
    with pytest.raises(ValueError, match="a standard error is finite and not negative"):
        Spread("x", bad)
    with pytest.raises(ValueError, match="an interval needs finite, ordered bounds"):
        Interval(0.0, bad, 0.95, "x")
