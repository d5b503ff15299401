"""Scored tables are as good as they were asked to be, by scikit-learn's and by their own account."""

from __future__ import annotations

import pytest

from mlgate.testing import binary_scored_table, multiclass_scored_table, regression_scored_table


@pytest.mark.parametrize(("auc", "champion"), [(0.5, 0.9), (0.8, 0.78), (0.95, 0.6)])
def test_a_binary_table_has_the_areas_that_were_asked_for(auc: float, champion: float) -> None:
    """Within four standard errors of 20,000 rows."""
    table = binary_scored_table(20_000, auc=auc, champion_auc=champion, positives=0.3, seed=1)
    assert table.metric("roc_auc").value == pytest.approx(auc, abs=0.017)
    assert table.champion_metric("roc_auc").value == pytest.approx(champion, abs=0.017)


def test_its_scores_are_calibrated_and_its_labels_as_frequent_as_asked() -> None:
    """The share of positives is exact; the expected calibration error of 20,000 rows is near 0."""
    table = binary_scored_table(20_000, auc=0.8, positives=0.25)
    assert table.table.collect(["label"])["label"].sum() == 5_000
    assert table.calibration()[0].value < 0.02


def test_groups_are_columns_and_declared_slices() -> None:
    """Each group of the values that were named."""
    table = binary_scored_table(500, groups={"region": ["north", "south"]})
    assert table.columns.slices == (("region",),)
    assert {each.slice["region"] for each in table.by_slice("accuracy", ("region",))} == {"north", "south"}


def test_a_multiclass_table_has_the_accuracy_that_was_asked_for() -> None:
    """Within four standard errors of 20,000 rows."""
    table = multiclass_scored_table(20_000, accuracy=0.7, champion_accuracy=0.6)
    assert table.metric("accuracy").value == pytest.approx(0.7, abs=0.013)
    assert table.champion_metric("accuracy").value == pytest.approx(0.6, abs=0.014)


def test_a_regression_table_has_the_error_that_was_asked_for() -> None:
    """Within four standard errors of 20,000 rows."""
    table = regression_scored_table(20_000, rmse=2.0, champion_rmse=3.0)
    assert table.metric("rmse").value == pytest.approx(2.0, abs=0.04)
    assert table.champion_metric("rmse").value == pytest.approx(3.0, abs=0.06)


def test_the_same_seed_gives_the_same_table() -> None:
    """And another one another."""
    assert binary_scored_table(seed=3).metric("accuracy") == binary_scored_table(seed=3).metric("accuracy")
    assert binary_scored_table(seed=3).metric("roc_auc") != binary_scored_table(seed=4).metric("roc_auc")
