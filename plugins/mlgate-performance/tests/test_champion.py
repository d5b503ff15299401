"""The comparison with the champion: paired, on the same rows, with a margin that fits the metric."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mlgate import Check, CheckError, NotApplicable
from mlgate.rules import parse_rules
from mlgate.tabular import Columns, Predictions, ScoredTable


@pytest.mark.parametrize(
    ("table", "metric", "read"),
    [
        ("income", "roc_auc", {"bounded": True, "higher_is_better": True}),
        ("species", "macro_f1", {"bounded": True, "higher_is_better": True}),
        ("prices", "rmse", {"bounded": False, "higher_is_better": False}),
    ],
)
def test_the_primary_metric_is_the_task_s(
    table: str, metric: str, read: dict[str, bool], checks: dict[str, Check], request: pytest.FixtureRequest
) -> None:
    """The same numbers as the metric's own check, and which margin applies."""
    scored: ScoredTable = request.getfixturevalue(table)
    measurement, plain = checks["performance.vs_champion"](scored), checks[f"performance.{metric}"](scored)
    assert measurement.data["metric"] == metric
    assert measurement.estimate == plain.estimate
    assert measurement.comparison == plain.comparison
    assert measurement.comparison is not None
    assert {name: getattr(measurement.comparison, name) for name in read} == read


@pytest.mark.parametrize("metric", ["roc_auc", "accuracy", "log_loss", "brier", "f1"])
def test_the_difference_is_paired(metric: str, checks: dict[str, Check], income: ScoredTable) -> None:
    """Its interval is narrower than that of two measurements on separate rows."""
    measurement = checks["performance.vs_champion"](income, metric=metric)
    assert measurement.estimate is not None
    assert measurement.comparison is not None
    comparison = measurement.comparison
    apart = math.hypot(*(each.interval(0.95).half_width for each in (measurement.estimate, comparison.champion)))
    assert comparison.difference.interval(0.95).half_width < 0.8 * apart


def test_a_paired_mean_is_that_of_the_differences_of_rows(checks: dict[str, Check], diamonds: Any, scorer: Any) -> None:
    """The standard error of the mean of per-row differences, computed by hand."""
    judge = diamonds[1]
    rng = np.random.default_rng(0)
    price = judge["price"].to_numpy(dtype=float)
    candidate, champion = (price + rng.normal(0, 300, len(price)) for _ in range(2))
    scored = scorer(judge, Columns(label="price"), Predictions.numbers(candidate), Predictions.numbers(champion))
    comparison = checks["performance.mae"](scored).comparison
    assert comparison is not None
    rows = abs(candidate - price) - abs(champion - price)
    expected = 1.96 * rows.std(ddof=1) / math.sqrt(len(rows))
    assert comparison.difference.value == pytest.approx(rows.mean())
    assert comparison.difference.interval(0.95).half_width == pytest.approx(expected, rel=0.05)


def test_a_model_against_itself_does_not_differ(
    checks: dict[str, Check], adult: Any, boosting: Any, scorer: Any
) -> None:
    """No difference, no flips, and not worse by any margin."""
    answers = Predictions.scores(boosting.predict_proba(adult[1]), tuple(boosting.classes_))
    scored = scorer(adult[1], Columns(label="income", positive=">50K"), answers, answers)
    check = checks["performance.vs_champion"]
    measurement = check(scored)
    assert measurement.comparison is not None
    assert measurement.comparison.difference.value == 0
    (rule,) = parse_rules(check.default, where=None)
    assert rule.judge(measurement, 0.95, check.better).outcome == "passed"
    assert checks["performance.negative_flips"](scored).estimate.value == 0  # type: ignore[union-attr]


def test_flips_are_counted_by_hand(checks: dict[str, Check], income: ScoredTable, truth: Any, adult: Any) -> None:
    """Rows that the champion gets right and the candidate gets wrong, over all rows."""
    estimate = checks["performance.negative_flips"](income).estimate
    accuracy = checks["performance.accuracy"](income)
    assert estimate is not None
    assert accuracy.comparison is not None
    assert estimate.n == len(truth)
    assert 0 < estimate.value < 1 - accuracy.estimate.value  # type: ignore[union-attr]


def test_ten_rows_flip_as_they_are_written(checks: dict[str, Check], scorer: Any) -> None:
    """Of ten rows the champion gets eight right, and of these the candidate gets three wrong."""
    import pandas as pd

    label = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    champion = [1, 1, 1, 1, 0, 0, 0, 0, 0, 1]
    candidate = [0, 0, 1, 1, 1, 1, 0, 0, 0, 1]
    answers = [
        Predictions.scores(np.array([[1 - each, each] for each in said], float), (0, 1))
        for said in (candidate, champion)
    ]
    scored = scorer(pd.DataFrame({"y": label, "x": range(10)}), Columns(label="y", positive=1), *answers)
    estimate = checks["performance.negative_flips"](scored).estimate
    assert estimate is not None
    assert estimate.value == pytest.approx(0.3)


def test_without_a_champion_there_is_nothing_to_compare(
    checks: dict[str, Check], adult: Any, boosting: Any, scorer: Any
) -> None:
    """The checks against the champion do not apply, and metrics have no comparison."""
    answers = Predictions.scores(boosting.predict_proba(adult[1]), tuple(boosting.classes_))
    scored = scorer(adult[1], Columns(label="income", positive=">50K", slices=(("sex",),)), answers)
    for name in ("vs_champion", "negative_flips", "slices_vs_champion"):
        with pytest.raises(NotApplicable, match="no champion"):
            checks[f"performance.{name}"](scored)
    assert checks["performance.roc_auc"](scored).comparison is None


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("roc_acu", "There is no metric 'roc_acu'. Did you mean roc_auc?"),
        ("calibration_slope", "calibration_slope has no better side, so models can't be compared by it."),
    ],
)
def test_a_metric_that_can_t_serve_is_refused(
    metric: str, message: str, checks: dict[str, Check], income: ScoredTable
) -> None:
    """The sentence names it and the nearest one."""
    with pytest.raises(CheckError) as refusal:
        checks["performance.vs_champion"](income, metric=metric)
    assert str(refusal.value).startswith(message)
