"""Intervals against scipy, published tables and simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlgate import CheckError
from mlgate_load.measuring.growth import slope
from mlgate_load.measuring.histograms import histogram
from mlgate_load.measuring.quantiles import needed_for, quantile
from mlgate_load.measuring.ratios import ratio
from mlgate_load.measuring.shares import wilson
from mlgate_load.samples import Samples

LEVEL = 0.9544997361036416
"""Of two standard deviations: the bounds there are kept, and no line is drawn between two others."""


def test_the_ends_are_scipys_order_statistics() -> None:
    """scipy.stats.quantile_test takes the same binomial ranks."""
    values = np.sort(np.random.default_rng(1).lognormal(size=500))
    for share in (0.5, 0.9, 0.95):
        theirs: Any = stats.quantile_test(values, q=share, p=share).confidence_interval(LEVEL)
        ours = quantile(values, share, most=1e9).interval(LEVEL)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """p99 of an exponential is -ln(0.01); 400 runs of 800 requests."""
    numbers = np.random.default_rng(2)
    truth = -np.log(0.01)
    held = 0
    for _ in range(400):
        interval = quantile(numbers.exponential(size=800), 0.99, most=1e9).interval(0.95)
        held += interval.low <= truth <= interval.high
    assert held >= 0.92 * 400


def test_too_few_requests_leave_a_quantile_unbounded() -> None:
    """Wilks's formula, one side at two standard deviations; with fewer the upper end is what can be at all."""
    assert (needed_for(0.5), needed_for(0.95), needed_for(0.99), needed_for(0.999)) == (6, 74, 377, 3782)
    assert quantile(np.arange(300.0), 0.99, most=9_000.0).interval(0.95).high > 299
    assert quantile(np.arange(800.0), 0.99, most=9_000.0).interval(0.95).high <= 799


def test_the_generators_own_lag_lowers_the_lower_end_alone() -> None:
    """What it was late by is no delay of the server, and no proof of one."""
    values = np.linspace(10, 20, 1000)
    late = quantile(values, 0.5, most=1e9, low=values - 5).interval(0.95)
    punctual = quantile(values, 0.5, most=1e9).interval(0.95)
    assert late.low == pytest.approx(punctual.low - 5, abs=0.1)
    assert late.high == punctual.high


def test_a_share_has_wilsons_interval() -> None:
    """Against scipy's."""
    theirs = stats.binomtest(7, 350).proportion_ci(0.95, method="wilson")
    ours = wilson(7, 350).interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_a_leak_is_a_slope_and_a_plateau_is_none() -> None:
    """Ten kilobytes per request, with looks that wander by a megabyte."""
    requests = np.arange(0, 2000, 10.0)
    wander = np.random.default_rng(3).normal(scale=1e6, size=requests.size)
    leak = slope(requests, 3e8 + 10_240 * requests + wander)
    assert leak.interval(0.95).low < 10_240 < leak.interval(0.95).high
    assert leak.interval(0.95).low > 5_000
    still = slope(requests, 3e8 + wander)
    assert still.interval(0.95).low < 0 < still.interval(0.95).high


def test_a_slope_needs_a_run() -> None:
    """Three looks make none."""
    with pytest.raises(CheckError, match="too short"):
        slope([0, 1, 2], [1, 1, 1])


def test_a_ratio_is_that_of_the_two_servers_whatever_the_machine_does() -> None:
    """Waits that double for half of the time, for both: the ratio stays 1.5, in its interval."""
    numbers = np.random.default_rng(4)
    at = np.sort(numbers.uniform(0, 20, 2000))
    noise = np.where(at > 10, 2.0, 1.0)
    ours, theirs = (_samples(at, factor * noise * numbers.gamma(20, size=at.size)) for factor in (1.5, 1.0))
    found = ratio(ours, theirs, 0.5, seed=0)
    assert found.interval(0.95).low < 1.5 < found.interval(0.95).high
    assert found.interval(0.95).half_width < 0.2


def _samples(at: np.ndarray, latency: np.ndarray) -> Samples:
    nothing = np.zeros(at.size)
    return Samples(at, latency, nothing, nothing.astype("i4"), nothing.astype("i2"), nothing.astype("i2"))


@given(waits=st.lists(st.floats(0, 1e5), min_size=1, max_size=60))
def test_a_histogram_counts_every_wait_once(waits: list[float]) -> None:
    """Between edges that rise, of which the first and the last are the least and the longest wait."""
    told = histogram(waits, "ms")
    assert isinstance(told, dict)
    edges, counts = np.array(told["edges"], dtype=float), np.array(told["counts"], dtype=float)
    assert counts.sum() == len(waits)
    assert (np.diff(edges) >= 0).all()
    assert len(edges) == len(counts) + 1 <= 25
    assert edges[0] == pytest.approx(max(min(waits), 1e-3), abs=1e-4)
