"""A feature beside the model: the share of the model's gain, as scikit-learn's metrics have it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import mean_absolute_error, roc_auc_score

from mlgate import Measurement, NotApplicable
from mlgate.tabular import Columns, Predictions, Table, Task, score
from mlgate_data.engine.data import data_of
from mlgate_data.leakage.against_model import feature_against_model

LABEL = Columns(label="y")


def two_classes(rows: int, seed: int) -> pd.DataFrame:
    """A text that is right in 80% of the rows, and a number that tells little."""
    draw = np.random.default_rng(seed)
    y = draw.integers(0, 2, rows)
    text = np.where(draw.random(rows) < 0.8, y, 1 - y)
    return pd.DataFrame({"y": y, "text": [f"t{each}" for each in text], "x": y + draw.normal(0, 3, rows)})


def against(train: pd.DataFrame, test: pd.DataFrame, task: Task, answers: Predictions, **options: Any) -> Measurement:
    table = Table.of(pl.from_pandas(test))
    scored = score(table, LABEL, task, answers)
    data = data_of(LABEL, table, Table.of(pl.from_pandas(train)))
    return feature_against_model(data, scored_test=scored, **options)


def value(measured: Measurement) -> float:
    assert measured.estimate is not None
    return measured.estimate.value


def test_of_two_classes_it_is_a_share_of_the_auc_above_chance() -> None:
    """The text's classes, ranked by their share in train, beside the model's scores."""
    train, test = two_classes(4_000, 1), two_classes(2_000, 2)
    scores = test["y"] + np.random.default_rng(3).normal(0, 0.5, 2_000)
    scores = 1 / (1 + np.exp(-scores))
    answers = Predictions.scores(np.stack([1 - scores, scores], axis=1), (0, 1))
    shares = train.groupby("text")["y"].mean()
    alone, model = roc_auc_score(test["y"], test["text"].map(shares)), roc_auc_score(test["y"], scores)
    measured = against(train, test, Task.BINARY, answers)
    assert value(measured) == pytest.approx((alone - 0.5) / (model - 0.5), abs=0.005)
    assert measured.data["feature"] == "text"
    assert measured.estimate is not None
    interval = measured.estimate.interval(0.95)
    assert interval.low < value(measured) < interval.high
    assert against(train, test, Task.BINARY, answers, ignore=("text",)).data["feature"] == "x"


def test_of_numbers_it_is_a_share_of_the_error_that_is_gone() -> None:
    """The medians of a group beside a model that knows more."""
    draw = np.random.default_rng(4)
    frames = []
    for rows in (4_000, 2_000):
        group, more = draw.integers(0, 4, rows), draw.normal(size=rows)
        frames.append(pd.DataFrame({"g": [f"g{each}" for each in group], "more": more, "y": 3.0 * group + more}))
    train, test = frames
    model = test["y"].to_numpy() + draw.normal(0, 0.1, 2_000)
    medians = train.groupby("g")["y"].median()
    base = mean_absolute_error(test["y"], np.full(2_000, train["y"].median()))
    alone, best = mean_absolute_error(test["y"], test["g"].map(medians)), mean_absolute_error(test["y"], model)
    measured = against(train, test, Task.REGRESSION, Predictions.numbers(model))
    assert value(measured) == pytest.approx((base - alone) / (base - best), rel=1e-6)


def test_a_model_that_knows_nothing_is_no_yardstick() -> None:
    """Nor is none at all."""
    train, test = two_classes(500, 1), two_classes(300, 2)
    scores = 1 - test["y"].to_numpy() * 0.5
    answers = Predictions.scores(np.stack([1 - scores, scores], axis=1), (0, 1))
    with pytest.raises(NotApplicable, match=r"^the model is no better than a constant answer\.$"):
        against(train, test, Task.BINARY, answers)
    with pytest.raises(NotApplicable, match="scores"):
        against(train, test, Task.BINARY, Predictions.labels(test["y"].to_numpy()))
    with pytest.raises(NotApplicable, match=r"^there is no model to compare with\."):
        feature_against_model(data_of(LABEL, Table.of(test), Table.of(train)))


def _copied(rows: int, seed: int, wrong: float) -> tuple[pd.DataFrame, Predictions]:
    """A copy of the label with some of it wrong, and a model whose scores are no better than it."""
    draw = np.random.default_rng(seed)
    y = draw.integers(0, 2, rows)
    leak = np.where(draw.random(rows) < wrong, 1 - y, y)
    scores = 0.1 + 0.8 * leak + draw.normal(0, 0.01, rows)
    table = pd.DataFrame({"y": y, "leak": [f"v{each}" for each in leak], "x": draw.normal(size=rows)})
    return table, Predictions.scores(np.stack([1 - scores, scores], axis=1), (0, 1))


@pytest.mark.parametrize(("wrong", "blocks"), [(0.07, True), (0.2, False)])
def test_a_share_blocks_where_the_feature_is_near_to_perfect(wrong: float, blocks: bool) -> None:
    """7% wrong leaves 0.86 of the way, below the bound of `data.feature_leakage`; 20% wrong may be honest."""
    train, _ = _copied(3_000, 1, wrong)
    test, answers = _copied(2_000, 2, wrong)
    measured = against(train, test, Task.BINARY, answers)
    assert value(measured) == pytest.approx(1, abs=0.05)
    assert measured.estimate is not None
    assert measured.estimate.interval(0.95).low > 0.9
    assert [finding.data["column"] for finding in measured.findings] == (["leak"] if blocks else [])


def test_a_few_whole_numbers_can_be_a_quantity() -> None:
    """Where the task is regression, the label's few values are numbers, and the feature answers with medians."""
    draw = np.random.default_rng(5)
    frames = []
    for rows in (1_500, 800):
        stars = draw.integers(1, 6, rows)
        frames.append(pd.DataFrame({"g": np.where(draw.random(rows) < 0.3, 3, stars), "y": stars}))
    train, test = frames
    model = test["y"].to_numpy() + draw.normal(0, 0.1, 800)
    medians = train.groupby("g")["y"].median()
    base = mean_absolute_error(test["y"], np.full(800, train["y"].median()))
    alone, best = mean_absolute_error(test["y"], test["g"].map(medians)), mean_absolute_error(test["y"], model)
    measured = against(train, test, Task.REGRESSION, Predictions.numbers(model))
    assert value(measured) == pytest.approx((base - alone) / (base - best), rel=1e-6)
