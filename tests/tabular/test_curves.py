"""The curves that a record keeps, against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve, roc_curve

from mlgate.results import Json
from mlgate.tabular.binning import bin_scores
from mlgate.tabular.curves import MOST, precision_recall, roc

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 30)), min_size=2, max_size=80)


def numbers(told: Json) -> np.ndarray:
    return np.array(told, dtype=float)


@given(rows=ROWS.filter(lambda rows: len({label for label, _ in rows}) == 2))
def test_with_few_scores_they_are_scikit_learns_points(rows: list[tuple[int, int]]) -> None:
    """Every threshold is there, in the same order."""
    label, score = np.array([row[0] for row in rows], np.uint8), np.array([row[1] / 31 for row in rows])
    counts = bin_scores(score, label).counts
    false, true, _ = roc_curve(label, score, drop_intermediate=False)
    ours = roc(counts)
    assert numbers(ours["false_positive_rate"]) == pytest.approx(false, abs=1e-5)
    assert numbers(ours["true_positive_rate"]) == pytest.approx(true, abs=1e-5)
    precision, recall, _ = precision_recall_curve(label, score)
    drawn = precision_recall(counts)
    assert numbers(drawn["recall"]) == pytest.approx(recall[:-1][::-1], abs=1e-5)
    assert numbers(drawn["precision"]) == pytest.approx(precision[:-1][::-1], abs=1e-5)


def test_of_many_scores_a_hundred_points_are_kept_that_hold_the_area() -> None:
    """Both ends stay, and the area under what is drawn is that under the curve."""
    random = np.random.default_rng(8)
    label = random.integers(0, 2, 20_000).astype(np.uint8)
    score = 1 / (1 + np.exp(-random.normal(label, 1)))
    ours = roc(bin_scores(score, label).counts)
    x, y = numbers(ours["false_positive_rate"]), numbers(ours["true_positive_rate"])
    assert len(x) <= MOST
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    false, true, _ = roc_curve(label, score)
    assert np.trapezoid(y, x) == pytest.approx(np.trapezoid(true, false), abs=5e-4)
