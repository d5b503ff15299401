"""Trivial predictors against scikit-learn's, and the candidate's gain over the best of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import roc_auc_score, root_mean_squared_error
from sklearn.tree import DecisionTreeRegressor

from mlgate import Check
from mlgate.rules import parse_rules
from mlgate.tabular import Columns, Predictions, ScoredTable, Table
from mlgate_performance.trivial import Trivial, trivial_predictors


def named(trivials: tuple[Trivial, ...], part: str) -> Trivial:
    return next(each for each in trivials if part in each.name)


def test_the_share_of_each_class_is_the_dummy_classifier_s(income: ScoredTable, adult: Any) -> None:
    """`strategy="prior"`, fitted on the training table."""
    learn, judge = adult
    dummy = DummyClassifier(strategy="prior").fit(learn, learn["income"])
    found = named(trivial_predictors(income, Table.of(learn), ()), "share").predictions
    assert found.classes == income.classes
    np.testing.assert_allclose(found.values, dummy.predict_proba(judge))


@pytest.mark.parametrize(("name", "strategy"), [("mean", "mean"), ("median", "median")])
def test_the_constant_number_is_the_dummy_regressor_s(
    name: str, strategy: str, prices: ScoredTable, diamonds: Any
) -> None:
    """Fitted on the training table."""
    learn, judge = diamonds
    dummy = DummyRegressor(strategy=strategy).fit(learn, learn["price"])
    found = named(trivial_predictors(prices, Table.of(learn), ()), name).predictions
    np.testing.assert_allclose(found.values, dummy.predict(judge))


def test_one_split_is_the_tree_of_depth_one(prices: ScoredTable, diamonds: Any) -> None:
    """On numbers alone it is what scikit-learn fits."""
    learn, judge = diamonds
    numbers = ("carat", "depth", "table", "x", "y", "z")
    tree = DecisionTreeRegressor(max_depth=1, min_samples_leaf=5).fit(learn[list(numbers)], learn["price"])
    found = named(trivial_predictors(prices, Table.of(learn), numbers), "one split on ")
    assert found.name == f"one split on {numbers[tree.tree_.feature[0]]}"
    np.testing.assert_allclose(found.predictions.values, tree.predict(judge[list(numbers)]))


def test_one_split_on_a_text_finds_the_best_groups(scorer: Any) -> None:
    """Groups that no alphabetical threshold separates: a, c and e against b and d."""
    rng = np.random.default_rng(0)
    text = rng.choice(list("abcde"), 1000)
    label = np.isin(text, ["b", "d"]).astype(int)
    frame = pd.DataFrame({"y": label, "text": text, "noise": rng.random(1000)})
    answers = Predictions.scores(np.full((1000, 2), 0.5), (0, 1))
    scored = scorer(frame, Columns(label="y", positive=1), answers)
    found = named(trivial_predictors(scored, None, ()), "one split on text").predictions
    assert roc_auc_score(label, found.values[:, 1]) == 1.0


def test_without_training_rows_no_row_answers_for_itself(scorer: Any) -> None:
    """On a column that knows nothing of the label, a split that had seen the row would look better than chance."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.integers(0, 2, 300), **{f"noise{i}": rng.random(300) for i in range(30)}})
    answers = Predictions.scores(np.full((300, 2), 0.5), (0, 1))
    scored = scorer(frame, Columns(label="y", positive=1), answers)
    found = named(trivial_predictors(scored, None, ()), "one split").predictions
    assert roc_auc_score(frame["y"], found.values[:, 1]) < 0.58


def test_rows_of_one_entity_are_not_learned_from(scorer: Any) -> None:
    """A label that hangs on the entity alone can't be split on from the entity's other rows."""
    rng = np.random.default_rng(2)
    entity = np.repeat(np.arange(100), 10)
    frame = pd.DataFrame({"y": rng.integers(0, 2, 100)[entity], "trace": entity / 100, "who": entity})
    answers = Predictions.scores(np.full((1000, 2), 0.5), (0, 1))
    aucs = [
        roc_auc_score(frame["y"], named(trivial_predictors(scored, None, ("trace",)), "split").predictions.values[:, 1])
        for scored in (
            scorer(frame, Columns(label="y", positive=1, entity=entity_column), answers)
            for entity_column in (None, "who")
        )
    ]
    assert aucs[1] < aucs[0]


def test_the_gain_is_paired_with_the_best_trivial_predictor(
    checks: dict[str, Check], income: ScoredTable, adult: Any, boosting: Any, truth: Any
) -> None:
    """The candidate's area less the split's, as scikit-learn has it, and a note that names the split."""
    learn = Table.of(adult[0])
    measurement = checks["performance.baseline"](income, learn)
    best = named(trivial_predictors(income, learn, ()), "one split").predictions.values[:, 1]
    expected = roc_auc_score(truth, boosting.predict_proba(adult[1])[:, 1]) - roc_auc_score(truth, best)
    assert measurement.estimate is not None
    assert measurement.estimate.value == pytest.approx(expected, abs=2e-4)
    (note,) = measurement.notes
    assert note.startswith("The best trivial predictor is one split on ")


def test_errors_are_told_in_standard_deviations_of_the_label(
    checks: dict[str, Check], prices: ScoredTable, diamonds: Any
) -> None:
    """The gain over the best split, as a share of what the mean is off."""
    learn, price = Table.of(diamonds[0]), diamonds[1]["price"].to_numpy(dtype=float)
    best = named(trivial_predictors(prices, learn, ()), "one split").predictions.values
    own = checks["performance.rmse"](prices).estimate
    measurement = checks["performance.baseline"](prices, learn)
    assert own is not None
    assert measurement.estimate is not None
    expected = (root_mean_squared_error(price, best) - own.value) / price.std()
    assert measurement.estimate.value == pytest.approx(expected)


@pytest.mark.parametrize(("table", "outcome"), [("income", "passed"), ("species", "passed"), ("prices", "passed")])
def test_a_real_model_beats_them(
    table: str, outcome: str, checks: dict[str, Check], request: pytest.FixtureRequest
) -> None:
    """With the default rule, without training rows."""
    check = checks["performance.baseline"]
    (rule,) = parse_rules(check.default, where=None)
    assert rule.judge(check(request.getfixturevalue(table)), 0.95, check.better).outcome == outcome


@pytest.mark.parametrize("answer", ["constant", "shuffled"])
def test_a_model_that_knows_nothing_is_blocked(
    answer: str, checks: dict[str, Check], adult: Any, boosting: Any, scorer: Any
) -> None:
    """One answer for all rows, and the right answers of other rows."""
    scores = boosting.predict_proba(adult[1])
    scores = np.random.default_rng(0).permutation(scores) if answer == "shuffled" else scores * 0 + [0.7, 0.3]
    scored = scorer(adult[1], Columns(label="income", positive=">50K"), Predictions.scores(scores, ("<=50K", ">50K")))
    check = checks["performance.baseline"]
    (rule,) = parse_rules(check.default, where=None)
    assert rule.judge(check(scored), 0.95, check.better).outcome == "failed"


def test_a_constant_without_features_ties_with_the_shares_and_is_blocked(checks: dict[str, Check], scorer: Any) -> None:
    """A table of labels alone leaves one rival; a tie with it is not better."""
    frame = pd.DataFrame({"y": [0, 1] * 100})
    scored = scorer(frame, Columns(label="y", positive=1), Predictions.scores(np.full((200, 2), 0.5), (0, 1)))
    check = checks["performance.baseline"]
    measurement = check(scored)
    assert measurement.data["best"] == "always the share of each class"
    (rule,) = parse_rules(check.default, where=None)
    assert rule.judge(measurement, 0.95, check.better).outcome == "failed"


def test_missing_infinite_and_odd_columns_do_no_harm(checks: dict[str, Check], scorer: Any) -> None:
    """Columns of nothing, of infinities, of lists and of names are split on or left out, and never crash."""
    rng = np.random.default_rng(3)
    label = rng.integers(0, 2, 400)
    frame = pd.DataFrame(
        {
            "y": label,
            "useful": np.where(rng.random(400) < 0.2, np.nan, label + rng.standard_normal(400)),
            "infinite": np.where(label == 1, np.inf, -np.inf) * np.where(rng.random(400) < 0.5, 1, -1),
            "nothing": np.full(400, np.nan),
            "names": [f"person {i}" for i in range(400)],
            "when": pd.date_range("2026-01-01", periods=400),
            "lists": [[i] for i in range(400)],
        }
    )
    answers = Predictions.scores(np.c_[1 - label, label].astype(float), (0, 1))
    measurement = checks["performance.baseline"](scorer(frame, Columns(label="y", positive=1), answers))
    assert measurement.data["best"] == "one split on useful"
