"""What acting on a model's decisions earns."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlgate import CheckError, NotApplicable
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate.testing import binary_scored_table, measure, regression_scored_table
from mlgate_profit.checks import profit_per_loan

DEFAULTS = [0, 0, 0, 1, 1]
CANDIDATE = [0.1, 0.2, 0.7, 0.3, 0.9]  # grants two good loans and a bad one
CHAMPION = [0.1, 0.7, 0.7, 0.6, 0.9]  # grants one good loan


def applications(candidate: list[float], champion: list[float] | None = None) -> ScoredTable:
    """Five applications, two of which default."""

    def predictions(scores: list[float]) -> Predictions:
        return Predictions.scores(np.column_stack((1 - np.array(scores), scores)), (0, 1))

    table = Table.of(pl.DataFrame({"default": DEFAULTS}))
    rival = None if champion is None else predictions(champion)
    return score(table, Columns(label="default", positive=1), None, predictions(candidate), rival)


def test_the_profit_is_what_the_granted_loans_bring() -> None:
    """Two loans paid back and one default, over five applications: (2 * 120 - 900) / 5."""
    measured = measure(profit_per_loan, scored_test=applications(CANDIDATE))
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(-132.0)
    assert (measured.estimate.n, measured.unit, measured.comparison) == (5, "EUR", None)


def test_the_champion_decides_the_same_applications() -> None:
    """It earns 120 / 5; the difference is paired."""
    comparison = measure(profit_per_loan, scored_test=applications(CANDIDATE, CHAMPION)).comparison
    assert comparison is not None
    assert comparison.champion.value == pytest.approx(24.0)
    assert comparison.difference.value == pytest.approx(-156.0)


def test_the_interval_is_students() -> None:
    """By the textbook: mean -+ 2.776 s / sqrt(5), s with four degrees of freedom."""
    estimate = measure(profit_per_loan, scored_test=applications(CANDIDATE)).estimate
    assert estimate is not None
    profits = [120.0, 120.0, 0.0, -900.0, 0.0]
    reach = 2.7764451 * float(np.std(profits, ddof=1)) / 5**0.5
    drawn = estimate.interval(0.95)
    assert (drawn.low, drawn.high) == pytest.approx((-132.0 - reach, -132.0 + reach))


def test_the_best_threshold_of_calibrated_scores_is_where_gain_and_loss_balance() -> None:
    """gain / (gain + loss) = 0.118 earns more than granting whoever is more likely than not to pay."""
    table = binary_scored_table(5_000, auc=0.8, positives=0.2)
    careful = measure(profit_per_loan, scored_test=table, threshold=120 / 1020).estimate
    bold = measure(profit_per_loan, scored_test=table, threshold=0.5).estimate
    assert careful is not None
    assert bold is not None
    assert careful.value > bold.value


def test_another_task_is_skipped_and_a_wrong_option_refused() -> None:
    """Each with a sentence for the person who must act."""
    with pytest.raises(NotApplicable) as skipped:
        measure(profit_per_loan, scored_test=regression_scored_table(100))
    assert str(skipped.value) == "A loan is paid back or not: this needs a binary task, and it is regression."
    with pytest.raises(CheckError) as refused:
        measure(profit_per_loan, scored_test=applications(CANDIDATE), gain=-1.0)
    assert str(refused.value) == "gain is -1 and loss 900. Both are amounts of money, above 0."
