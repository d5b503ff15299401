"""Declared slices against the rest and against the champion, with scikit-learn on the subsets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score, root_mean_squared_error

from mlgate import Check, JudgedBy, NotApplicable
from mlgate.rules import parse_rules
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score


@pytest.fixture(scope="module")
def said(boosting: Any, logistic: Any, adult: Any, truth: Any) -> tuple[Any, Any, list[Any]]:
    """The judged people, their labels, and the scores of candidate and champion."""
    return adult[1], truth, [model.predict_proba(adult[1])[:, 1] for model in (boosting, logistic)]


@pytest.mark.parametrize("metric", ["roc_auc", "accuracy"])
def test_a_slice_is_held_against_all_other_rows(
    metric: str, checks: dict[str, Check], income: ScoredTable, said: Any
) -> None:
    """The rest's number minus the slice's, for every slice with enough rows."""
    people, label, (scores, _) = said
    measurement = checks["performance.slices"](income, metric=metric)
    assert measurement.judged_by is JudgedBy.SLICES
    assert {"sex=Female", "race=White, sex=Male"} <= {each.name for each in measurement.slices}
    for each in measurement.slices:
        keep = np.logical_and.reduce([people[column] == value for column, value in each.slice.items()])
        assert each.estimate.n == keep.sum()
        if keep.sum() >= 200:
            inside, rest = (_number(metric, label[rows], scores[rows]) for rows in (keep, ~keep))
            assert each.estimate.value == pytest.approx(rest - inside, abs=2e-4)


@pytest.mark.parametrize("metric", ["roc_auc", "accuracy"])
def test_a_slice_is_held_against_the_champion_on_its_rows(
    metric: str, checks: dict[str, Check], income: ScoredTable, said: Any
) -> None:
    """The champion's number minus the candidate's on the slice's rows."""
    people, label, scores = said
    for each in checks["performance.slices_vs_champion"](income, metric=metric).slices:
        keep = np.logical_and.reduce([people[column] == value for column, value in each.slice.items()])
        if keep.sum() >= 200:
            candidate, champion = (_number(metric, label[keep], score[keep]) for score in scores)
            assert each.estimate.value == pytest.approx(champion - candidate, abs=2e-4)


def test_errors_are_told_in_standard_deviations_of_the_label(
    checks: dict[str, Check], prices: ScoredTable, diamonds: Any
) -> None:
    """So that 0.15 means the same for prices in dollars and in cents."""
    cents = diamonds[1].assign(price=diamonds[1]["price"] * 100)
    answers = Predictions.numbers(np.full(len(cents), 300_000.0) + cents["x"].to_numpy() * 1000)
    dollars = Predictions.numbers(answers.values / 100)
    columns = Columns(label="price", slices=(("cut",),))
    both = [
        checks["performance.slices"](score(Table.of(frame), columns, None, said)).slices
        for frame, said in ((cents, answers), (diamonds[1], dollars))
    ]
    price, keep = diamonds[1]["price"].to_numpy(float), (diamonds[1]["cut"] == "Fair").to_numpy()
    inside, rest = (root_mean_squared_error(price[rows], dollars.values[rows]) for rows in (keep, ~keep))
    fair = [each.estimate.value for slices in both for each in slices if each.name == "cut=Fair"]
    assert fair == [pytest.approx((inside - rest) / price.std(), rel=1e-6)] * 2


def test_errors_against_the_champion_are_too(checks: dict[str, Check], diamonds: Any, scorer: Any) -> None:
    """Errors twice as large as the champion's on one cut, and the same elsewhere."""
    judge = diamonds[1]
    price, rng = judge["price"].to_numpy(dtype=float), np.random.default_rng(0)
    noise, ideal = rng.normal(0, 400, len(price)), (judge["cut"] == "Ideal").to_numpy()
    columns = Columns(label="price", slices=(("cut",),))
    answers = (Predictions.numbers(price + np.where(ideal, 2, 1) * noise), Predictions.numbers(price + noise))
    measurement = checks["performance.slices_vs_champion"](scorer(judge, columns, *answers))
    found = {each.name: each.estimate.value for each in measurement.slices}
    assert found["cut=Ideal"] == pytest.approx(np.sqrt((noise[ideal] ** 2).mean()) / price.std())
    assert found["cut=Good"] == pytest.approx(0.0)
    assert measurement.data["worst"] == "cut=Ideal"


def test_the_worst_slice_is_named(checks: dict[str, Check], scorer: Any) -> None:
    """A slice where the scores are noise is the worst one, and the default rule blocks."""
    scored = scorer(*_broken_slice("north"))
    check = checks["performance.slices"]
    measurement = check(scored)
    assert measurement.data["worst"] == "region=north"
    assert measurement.notes == ("The worst of 4 slices is region=north; the metric is roc_auc.",)
    (rule,) = parse_rules(check.default, where=None)
    judgement = rule.judge(measurement, 0.95, check.better)
    assert judgement.outcome == "failed"
    assert judgement.reason.startswith("region=north: ")


def test_a_small_slice_is_kept_and_decides_nothing(checks: dict[str, Check], scorer: Any) -> None:
    """Thirty rows stay in the measurement with their support; the rule asks for more rows of them."""
    frame, columns, answers = _broken_slice("north")
    keep = np.r_[np.flatnonzero(frame["region"] == "north")[:30], np.flatnonzero(frame["region"] != "north")]
    few = Predictions.scores(answers.values[keep], (0, 1))
    check = checks["performance.slices"]
    measurement = check(scorer(frame.take(keep), columns, few))
    north = next(each for each in measurement.slices if each.name == "region=north")
    assert north.estimate.n == 30
    (rule,) = parse_rules(check.default, where=None)
    judgement = rule.judge(measurement, 0.95, check.better)
    assert judgement.outcome == "inconclusive"
    assert judgement.rows_needed is not None


def test_without_declared_slices_there_is_nothing_to_measure(
    checks: dict[str, Check], adult: Any, boosting: Any, scorer: Any
) -> None:
    """The sentence says how to declare them."""
    answers = Predictions.scores(boosting.predict_proba(adult[1]), tuple(boosting.classes_))
    scored = scorer(adult[1], Columns(label="income", positive=">50K"), answers, answers)
    for name in ("slices", "slices_vs_champion"):
        with pytest.raises(
            NotApplicable, match=r"^No slices are declared. Name columns with `slices` under \[data\].$"
        ):
            checks[f"performance.{name}"](scored)


def _number(metric: str, label: Any, score: Any) -> float:
    return float(roc_auc_score(label, score) if metric == "roc_auc" else accuracy_score(label, score >= 0.5))


def _broken_slice(region: str) -> tuple[pd.DataFrame, Columns, Predictions]:
    """4,000 rows in four regions; in one of them the scores know nothing."""
    rng = np.random.default_rng(5)
    regions = np.repeat(["east", "north", "south", "west"], 1000)
    label = rng.integers(0, 2, 4000)
    known = np.where(regions == region, 0.0, 1.5) * (label - 0.5) + rng.standard_normal(4000)
    score = 1 / (1 + np.exp(-known))
    frame = pd.DataFrame({"y": label, "region": regions})
    return (
        frame,
        Columns(label="y", positive=1, slices=(("region",),)),
        Predictions.scores(np.c_[1 - score, score], (0, 1)),
    )
