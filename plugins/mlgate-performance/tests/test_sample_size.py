"""Sample sizes against published figures, simulation and the estimates that they plan for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from mlgate.stats.quantiles import upper_quantile
from mlgate_performance import sample_size


@pytest.mark.parametrize(
    ("discordance", "two_points", "one_point"),
    [(0.02, 310, 1_237), (0.05, 773, 3_092), (0.10, 1_546, 6_183), (0.20, 3_092, 12_366)],
)
def test_rows_for_a_paired_share_are_the_published_ones(discordance: float, two_points: int, one_point: int) -> None:
    """Rows that prove an equal model not worse, at one-sided alpha 0.05 and power 0.8."""
    spread = sample_size.paired_share(discordance)
    assert sample_size.rows_for(spread, 0.02, 0.05) == two_points
    assert sample_size.rows_for(spread, 0.01, 0.05) == one_point


def test_rows_for_and_shown_by_are_each_other_s_inverse() -> None:
    """What n rows can show is what n rows are needed for."""
    distance = sample_size.shown_by(5_000, 0.3, 0.025)
    assert sample_size.rows_for(0.3, distance, 0.025) in (5_000, 5_001)


def test_the_planned_power_is_met_by_simulation() -> None:
    """Of 4,000 equal pairs with the planned number of rows, 80% are proven not worse by more than the margin."""
    rng, discordance, margin = np.random.default_rng(0), 0.10, 0.02
    rows = sample_size.rows_for(sample_size.paired_share(discordance), margin, 0.05)
    lost, won, _ = rng.multinomial(rows, [discordance / 2, discordance / 2, 1 - discordance], size=4_000).T
    difference, variance = (won - lost) / rows, (won + lost) / rows
    lower = difference - upper_quantile(0.05) * np.sqrt((variance - difference**2) / rows)
    assert np.mean(lower > -margin) == pytest.approx(0.8, abs=0.02)


def test_the_spread_of_one_auc_is_met_by_simulation() -> None:
    """The spread of 1,500 areas of negative exponential scores, the model that the formula stands on."""
    rng = np.random.default_rng(1)
    auc, rows, positives = 0.8, 400, 100
    label = np.repeat([0, 1], [rows - positives, positives])
    scale = np.where(label == 1, auc / (1 - auc), 1.0)  # P(positive > negative) = scale / (1 + scale)
    ranks = rankdata(rng.exponential(scale, (1_500, rows)), axis=1)
    areas = (ranks[:, label == 1].mean(axis=1) - (positives + 1) / 2) / (rows - positives)
    planned = (sample_size.one_auc(auc, rows - positives, positives) / rows) ** 0.5
    assert np.std(areas) == pytest.approx(planned, rel=0.05)


def test_the_spread_of_a_paired_rmse_is_met_by_simulation() -> None:
    """Two normal errors whose squares correlate at 0.81: the relative difference of their roots."""
    rng, rows = np.random.default_rng(2), 500
    first = rng.standard_normal((4_000, rows))
    second = 0.9 * first + np.sqrt(1 - 0.81) * rng.standard_normal((4_000, rows))
    roots = [np.sqrt((errors**2).mean(axis=1)) for errors in (first, second)]
    planned = (sample_size.paired_rmse(0.81, kurtosis=3) / rows) ** 0.5
    assert np.std(roots[0] - roots[1]) == pytest.approx(planned, rel=0.05)


def test_a_rare_class_decides_the_spread_of_a_mean_recall() -> None:
    """With equal classes it is that of a share; a class of one row in a hundred makes it 25 times wider."""
    assert sample_size.paired_mean_recall(0.1, (500, 500)) == pytest.approx(0.1)
    assert sample_size.paired_mean_recall(0.1, (990, 10)) == pytest.approx(0.1 * 1000 * (1 / 990 + 1 / 10) / 4)
