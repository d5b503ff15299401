"""Metrics of predicted prices on diamonds against scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from mlgate import Check, NotApplicable
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score

ORACLES: dict[str, tuple[dict[str, float], Callable[[Any, Any], float]]] = {
    "mae": ({}, metrics.mean_absolute_error),
    "rmse": ({}, metrics.root_mean_squared_error),
    "r2": ({}, metrics.r2_score),
    "mape": ({}, metrics.mean_absolute_percentage_error),
    "bias": ({}, lambda label, value: float(np.mean(value - label))),
    "quantile_loss": ({}, metrics.mean_pinball_loss),
    "quantile_loss at 0.9": ({"quantile": 0.9}, lambda y, f: metrics.mean_pinball_loss(y, f, alpha=0.9)),
}
EVERY = pytest.mark.parametrize("name", ORACLES)


@pytest.fixture(scope="module")
def stones(diamonds: Any) -> tuple[Any, Any, ScoredTable]:
    """Prices, two sets of wrong answers, and the scored table."""
    judge = diamonds[1]
    rng = np.random.default_rng(4)
    price = judge["price"].to_numpy(dtype=float)
    answers = [price * (1 + 0.2 * rng.standard_normal(len(price))) + shift for shift in (20.0, -40.0)]
    columns = Columns(label="price", slices=(("cut",),))
    return judge, answers, score(Table.of(judge), columns, None, *(Predictions.numbers(each) for each in answers))


@EVERY
def test_the_number_is_scikit_learn_s(name: str, checks: dict[str, Check], stones: Any) -> None:
    """Candidate, champion and difference, exactly."""
    judge, (candidate, champion), table = stones
    options, oracle = ORACLES[name]
    measurement = checks[f"performance.{name.partition(' ')[0]}"](table, **options)
    here, there = oracle(judge["price"], candidate), oracle(judge["price"], champion)
    assert measurement.estimate is not None
    assert measurement.comparison is not None
    assert measurement.estimate.value == pytest.approx(here, rel=1e-9)
    assert measurement.comparison.champion.value == pytest.approx(there, rel=1e-9)
    assert measurement.comparison.difference.value == pytest.approx(here - there, rel=1e-6)


@EVERY
def test_each_slice_is_scikit_learn_s_on_the_subset(name: str, checks: dict[str, Check], stones: Any) -> None:
    """Every cut by itself."""
    judge, (candidate, _), table = stones
    options, oracle = ORACLES[name]
    slices = checks[f"performance.{name.partition(' ')[0]}"](table, **options).slices
    assert {each.name for each in slices} == {f"cut={cut}" for cut in judge["cut"].unique()}
    for each in slices:
        keep = (judge["cut"] == each.slice["cut"]).to_numpy()
        assert each.estimate.value == pytest.approx(oracle(judge["price"][keep], candidate[keep]), rel=1e-9)


def test_a_share_of_zero_is_refused(checks: dict[str, Check], diamonds: Any) -> None:
    """An error as a share of a label that is 0 has no meaning, and the refusal says how many such labels there are."""
    judge = diamonds[1].assign(price=lambda frame: frame["price"].where(frame.index > 2, 0))
    table = score(Table.of(judge), Columns(label="price"), None, Predictions.numbers(judge["price"].to_numpy(float)))
    with pytest.raises(NotApplicable, match=r"^mape is not defined where the label is 0: 3 rows"):
        checks["performance.mape"](table)


def test_a_metric_of_classes_does_not_apply(checks: dict[str, Check], prices: ScoredTable) -> None:
    """A price has no accuracy."""
    for name in ("accuracy", "roc_auc", "log_loss", "macro_f1", "calibration", "negative_flips"):
        with pytest.raises(NotApplicable):
            checks[f"performance.{name}"](prices)


def test_the_coverage_of_given_intervals_is_counted(checks: dict[str, Check], diamonds: Any, scorer: Any) -> None:
    """Intervals 20% to both sides of the answer; the share of prices inside, counted by hand."""
    rng = np.random.default_rng(6)
    price = diamonds[1]["price"].to_numpy(dtype=float)
    answer = price * np.exp(rng.normal(0, 0.15, len(price)))
    judge = diamonds[1].assign(lower=answer * 0.8, upper=answer * 1.2)
    scored = scorer(judge, Columns(label="price", slices=(("cut",),)), Predictions.numbers(answer))
    measurement = checks["performance.coverage"](scored, low="lower", high="upper")
    assert measurement.estimate is not None
    assert measurement.estimate.value == pytest.approx(np.mean((price >= answer * 0.8) & (price <= answer * 1.2)))
    assert len(measurement.slices) == 5
