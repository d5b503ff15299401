"""Intervals of a divergence of counts: scipy's noncentral chi-square distribution, inverted."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlgate.stats import Estimate, Scale, Spread

CASES = [(3.0, 9, 500.0), (40.0, 9, 500.0), (250.0, 9, 1_000.0), (9_000.0, 1, 5e4), (15_000.0, 9, 1e5), (2e6, 30, 1e7)]


def divergence(statistic: float, df: float, rows: float) -> Estimate:
    """A divergence that, times `rows`, is `statistic`."""
    raw = statistic / rows
    spread = Spread("x", 0.1, Scale.NONCENTRAL, df=df, trials=rows, centre=raw)
    return Estimate(max(0.0, raw - df / rows), 1_000, spread)


@pytest.mark.parametrize(("statistic", "df", "rows"), CASES)
@pytest.mark.parametrize("level", [0.9, 0.98, 0.9999])
def test_bounds_invert_the_distribution(statistic: float, df: float, rows: float, level: float) -> None:
    """Under each bound, a statistic as high (as low) has half of what the level leaves; a bound of 0 has less."""
    interval = divergence(statistic, df, rows).interval(level)
    half = (1 - level) / 2
    above = stats.ncx2.sf(statistic, df, rows * interval.low) if interval.low else stats.chi2.sf(statistic, df)
    below = stats.ncx2.cdf(statistic, df, rows * interval.high) if interval.high else stats.chi2.cdf(statistic, df)
    assert above == pytest.approx(half, rel=0.03) if interval.low else above >= half
    assert below == pytest.approx(half, rel=0.03) if interval.high else below <= half


@pytest.mark.parametrize(("statistic", "df", "rows"), CASES)
@pytest.mark.parametrize("times", [0.3, 0.9, 1.1, 3.0])
def test_p_values_are_its_tails(statistic: float, df: float, rows: float, times: float) -> None:
    """Of a truth at the bound; beyond 10,000 by Sankaran's square root."""
    estimate = divergence(statistic, df, rows)
    bound = times * statistic / rows
    assert estimate.p_value_above(bound) == pytest.approx(stats.ncx2.sf(statistic, df, rows * bound), abs=1e-4)
    assert estimate.p_value_below(bound) == pytest.approx(stats.ncx2.cdf(statistic, df, rows * bound), abs=1e-4)


def test_no_divergence_is_below_zero() -> None:
    """Tables that are more alike than chance would have it show nothing about a bound at or below zero."""
    alike = divergence(0.001, 9, 500)
    assert (alike.value, alike.interval(0.95).low, alike.interval(0.95).high) == (0.0, 0.0, 0.0)
    assert (alike.p_value_below(0.0), alike.p_value_above(-0.1)) == (1.0, 0.0)
    assert alike.rows_to_settle(0.0, 0.95) == alike.n


@pytest.mark.parametrize(("true", "bound"), [(0.16, 0.10), (0.05, 0.10), (0.0, 0.02)])
def test_the_rows_to_settle_have_the_power_that_they_promise(true: float, bound: float) -> None:
    """With so many rows the exact test has a power of 80%, give or take 5% for the approximation."""
    df, rows, n = 9, 250.0, 1_000
    estimate = Estimate(true, n, Spread("x", 0.1, Scale.NONCENTRAL, df=df, trials=rows, centre=true + df / rows))
    needed = estimate.rows_to_settle(bound, 0.95)
    assert needed is not None
    many = rows * needed / n
    if true > bound:
        power = stats.ncx2.sf(stats.ncx2.isf(0.025, df, many * bound), df, many * true)
    else:
        critical = stats.ncx2.ppf(0.025, df, many * bound)
        power = stats.ncx2.cdf(critical, df, many * true) if true else stats.chi2.cdf(critical, df)
    assert power == pytest.approx(0.8, abs=0.05)
    assert true == 0 or estimate.rows_to_settle(true, 0.95) is None


@given(statistic=st.floats(0, 1e6), df=st.integers(1, 60), one=st.floats(0.5, 0.999), other=st.floats(0.5, 0.999))
def test_a_higher_level_is_a_wider_interval_around_the_value(
    statistic: float, df: int, one: float, other: float
) -> None:
    """Intervals are nested, hold the estimate, and never contradict the p-value."""
    estimate = divergence(statistic, df, 1_000.0)
    narrow, wide = (estimate.interval(level) for level in sorted((one, other)))
    slack = 1e-6 * max(1, estimate.value)
    assert wide.low - slack <= narrow.low <= estimate.value + slack
    assert estimate.value - slack <= narrow.high + slack <= wide.high + 2 * slack
    if narrow.low > 2 * slack:
        assert estimate.p_value_above(narrow.low - slack) < (1 - narrow.level) / 2 + 1e-4


def test_it_needs_degrees_of_freedom_and_rows() -> None:
    """Nothing can be drawn without them."""
    with pytest.raises(ValueError, match="a noncentral interval needs degrees of freedom and a number of rows"):
        Spread("x", 0.1, Scale.NONCENTRAL, trials=100.0)
    with pytest.raises(ValueError, match="a noncentral interval needs degrees of freedom and a number of rows"):
        Spread("x", 0.1, Scale.NONCENTRAL, df=3.0, trials=math.nan and 0.0)
