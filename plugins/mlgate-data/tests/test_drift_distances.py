"""Distances between two distributions: scipy's numbers, and what chance alone gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial import distance
from scipy.stats import contingency

from mlgate_data.drift import distances
from mlgate_data.drift.bins import Cuts, bins_of
from mlgate_data.drift.comparing import compare
from mlgate_data.drift.held import Categories, Numbers
from mlgate_data.engine.histograms import Counting

Floats = NDArray[np.float64]
TABLES = [[[30, 50, 20], [25, 40, 35]], [[100, 0, 7], [80, 30, 9]], [[5, 5], [50, 40]], [[12, 0, 0, 3], [0, 9, 1, 0]]]


def held(values: Floats, missing: int = 0) -> Numbers:
    counting = Counting("x")
    counting.count(values)
    return Numbers.of_histogram(counting.result(), missing)


@pytest.mark.parametrize("table", TABLES)
def test_distances_of_counts_are_scipys(table: list[list[int]]) -> None:
    """Jensen-Shannon (natural logarithms) and Cramer's V, before what chance gives is taken off."""
    counts = np.array(table, dtype=float)
    assert distances.jensen_shannon(counts) == pytest.approx(distance.jensenshannon(counts[0], counts[1]), abs=1e-12)
    whole = counts[:, counts.sum(axis=0) > 0].astype(int)
    assert distances.cramers_v(counts) == pytest.approx(contingency.association(whole, method="cramer"), abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.3, 2.0])
def test_distances_of_numbers_are_scipys_up_to_the_bins(shift: float) -> None:
    """KS to the share of rows in one bin (a thousandth of a value), Wasserstein to a thousandth of the values."""
    draw = np.random.default_rng(1)
    one, other = draw.normal(50, 10, 4_000), draw.normal(50 + 10 * shift, 12, 1_500)
    steps = distances.Steps(held(one), held(other))
    densest = 0.001 * 100 / 10 * stats.norm.pdf(0) * 2
    assert steps.ks() == pytest.approx(stats.ks_2samp(one, other).statistic, abs=densest)
    assert steps.wasserstein() == pytest.approx(stats.wasserstein_distance(one, other), abs=0.05)


def test_distances_of_whole_numbers_are_scipys_exactly() -> None:
    """Values below 2,048 have a bin each."""
    draw = np.random.default_rng(2)
    one, other = draw.integers(0, 900, 3_000).astype(float), draw.integers(30, 800, 2_000).astype(float)
    steps = distances.Steps(held(one), held(other))
    assert steps.ks() == pytest.approx(stats.ks_2samp(one, other).statistic, abs=1e-12)
    assert steps.wasserstein() == pytest.approx(stats.wasserstein_distance(one, other), rel=1e-3)


def test_psi_is_its_formula() -> None:
    """Sum of (q - p) ln(q / p) with half a row added: by hand, on two bins."""
    p, q = 20.5 / 101, 30.5 / 101
    by_hand = (q - p) * math.log(q / p) + (p - q) * math.log((1 - q) / (1 - p))
    value, df = distances.psi(np.array([[20.0, 80.0], [30.0, 70.0]]))
    assert value == pytest.approx(by_hand)
    assert df == 1


@pytest.mark.parametrize("n", [(500, 500), (2_000, 300), (10_000, 300)])
def test_what_chance_gives_is_taken_off(n: tuple[int, int]) -> None:
    """Of rows from one distribution, the mean of what is left is a third of the plain distance or less, at every n."""
    draw = np.random.default_rng(3)
    plain: dict[str, list[float]] = {"ks": [], "wasserstein": [], "jensen_shannon": [], "cramers_v": []}
    left: dict[str, list[float]] = {name: [] for name in plain}
    for _ in range(40):
        one, other = held(draw.normal(size=n[0])), held(draw.normal(size=n[1]))
        shift = compare(one, other, n[1])
        steps = distances.Steps(one, other)
        plain["ks"].append(steps.ks())
        plain["wasserstein"].append(steps.wasserstein() / one.deviation)
        for name in ("jensen_shannon", "cramers_v"):
            plain[name].append(shift.measures[name])
        for name, value in shift.beyond_chance.items():
            left[name].append(value)
    shares = {name: float(np.mean(left[name]) / np.mean(plain[name])) for name in plain}
    assert max(shares.values()) < 0.45, shares


def test_a_real_distance_is_kept() -> None:
    """A shift of one standard deviation: Wasserstein 1, KS 2 Phi(1/2) - 1, told from 20,000 rows."""
    draw = np.random.default_rng(4)
    found = compare(held(draw.normal(size=20_000)), held(draw.normal(1, 1, size=20_000)), 20_000).beyond_chance
    assert found["wasserstein"] == pytest.approx(1, abs=0.03)
    assert found["ks"] == pytest.approx(2 * stats.norm.cdf(0.5) - 1, abs=0.015)


ALARMS = [(500, 0.0, 0.0, 0.0), (500, 0.1, 0.002, 0.025), (5_000, 0.1, 0.002, 0.025), (500, 0.25, 0.5, 0.85)]


@pytest.mark.parametrize(("n", "true", "low", "high"), ALARMS)
def test_the_alarm_rate_is_that_of_a_minimum_effect_test(n: int, true: float, low: float, high: float) -> None:
    """H0: PSI <= 0.10, alpha = 0.01: 1% at the bound, 67% at 0.25 with 500 rows (benchmarks/data_drift.py has all)."""
    draw = np.random.default_rng(5)
    shares = np.full(10, 0.1)
    moved = shifted(true)
    alarms = []
    for _ in range(600):
        counts = np.stack((draw.multinomial(n, shares), draw.multinomial(n, moved))).astype(float)
        alarms.append(distances.psi_estimate(counts, n).p_value_above(0.10) < 0.01)
    assert low <= np.mean(alarms) <= high


def shifted(psi: float) -> Floats:
    """The shares of ten bins whose PSI from even ones is `psi`: tilted, as a shift of the mean does."""
    tilt = np.linspace(-1, 1, 10)
    low, high, shares = 0.0, 5.0, np.full(10, 0.1)
    for _ in range(60):
        middle = (low + high) / 2
        shares = np.exp(middle * tilt) / np.exp(middle * tilt).sum()
        value = float(((shares - 0.1) * np.log(shares / 0.1)).sum())
        low, high = (middle, high) if value < psi else (low, middle)
    return shares if psi else np.full(10, 0.1)


def test_bins_are_the_deciles_of_the_reference() -> None:
    """Each has a tenth of the rows; numpy's own quantiles, to a thousandth."""
    values = np.random.default_rng(6).lognormal(size=10_000)
    bins = bins_of(held(values))
    assert isinstance(bins, Cuts)
    assert bins.cuts == pytest.approx(np.quantile(values, np.arange(1, 10) / 10), rel=2e-3)
    assert bins.count(held(values)) == pytest.approx([1_000] * 10 + [0], abs=15)


def test_a_constant_column_that_moves_is_seen_on_both_sides() -> None:
    """A value below the only one of the reference has a bin of its own."""
    for other in (4.0, 6.0):
        shift = compare(held(np.full(500, 5.0)), held(np.full(500, other)), 500)
        assert shift.psi.interval(0.95).low > 1
    assert compare(held(np.full(500, 5.0)), held(np.full(500, 5.0)), 500).psi.value == 0


def test_bins_around_a_frequent_least_value_are_named_by_it() -> None:
    """Half of the rows are 0, as many a count is: below it, it alone, and the numbers above it."""
    values = np.concatenate((np.zeros(500), np.arange(1, 501, dtype=np.float64)))
    named = bins_of(held(values)).names
    assert named[:2] == ["below 0", "0"]
    assert named[2].startswith("0 to 100")
    assert bins_of(held(values)).count(held(values))[:3] == pytest.approx([0, 500, 100], abs=1)


def test_missing_values_and_new_categories_have_bins() -> None:
    """Each alone is a shift."""
    before = Categories({"a": 500.0, "b": 490.0, "rare": 5.0}, 5.0)
    for now in (Categories({"a": 400.0, "b": 390.0}, 200.0), Categories({"a": 400.0, "b": 390.0, "new": 200.0}, 0.0)):
        assert compare(before, now, 1_000).psi.interval(0.95).low > 0.1
    assert bins_of(before).names == ["a", "b", "any other", "missing"]
