"""The default rules on real data: honest refits are not denied, seeded defects are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier

from mlgate import Check, NotApplicable
from mlgate.rules import parse_rules
from mlgate.tabular import Columns, Predictions, ScoredTable, Table

INCOME = Columns(label="income", positive=">50K", slices=(("sex",), ("race",)))
PRICE = Columns(label="price", slices=(("cut",), ("color",)))
CODES: dict[str, Any] = {"handle_unknown": "use_encoded_value", "unknown_value": -1}


def denying(checks: dict[str, Check], test: ScoredTable, train: ScoredTable) -> set[str]:
    """The checks of which a default rule that blocks has failed."""
    resources = {"scored_test": test, "scored_train": train}
    failed = set()
    for check in checks.values():
        for rule in parse_rules(check.default, where=None):
            try:
                measurement = check(*(resources[name] for name in check.resources))
            except NotApplicable:
                continue
            outcome = rule.judge(measurement, 0.95, check.better).outcome
            assert outcome in ("passed", "failed", "inconclusive")
            if outcome == "failed" and rule.level == "enforce":
                failed.add(check.id.removeprefix("performance."))
    return failed


def again(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same rows drawn anew, with replacement: what another day's extract would have been."""
    return frame.sample(len(frame), replace=True, random_state=seed).reset_index(drop=True)


@pytest.fixture(scope="module")
def income_of(adult: Any, scorer: Any, encoder: Any) -> Any:
    """Adult judged by a classifier that learned from `learn`, against one that learned from all rows."""
    judge = adult[1]

    def fit(learn: pd.DataFrame, model: Any) -> Any:
        return encoder(learn, "income", OrdinalEncoder(**CODES), model)

    def said(model: Any, rows: pd.DataFrame) -> Any:
        return model.predict_proba(rows)

    champion = said(fit(adult[0], HistGradientBoostingClassifier(max_iter=40)), judge)

    def make(learn: pd.DataFrame, model: Any = None, bend: Any = None) -> tuple[ScoredTable, ScoredTable]:
        fitted = fit(learn, model or HistGradientBoostingClassifier(max_iter=40))
        answers = said(fitted, judge)
        answers = Predictions.scores(bend(answers) if bend else answers, ("<=50K", ">50K"))
        test = scorer(judge, INCOME, answers, Predictions.scores(champion, ("<=50K", ">50K")))
        return test, scorer(learn, INCOME, Predictions.scores(said(fitted, learn), ("<=50K", ">50K")))

    return make


@pytest.mark.parametrize("seed", range(8))
def test_an_honest_refit_is_not_denied(seed: int, checks: dict[str, Check], income_of: Any, adult: Any) -> None:
    """The same recipe on a new draw of the training rows, on two classes."""
    assert denying(checks, *income_of(again(adult[0], seed))) == set()


@pytest.mark.parametrize("seed", range(4))
def test_an_honest_refit_of_a_regression_is_not_denied(
    seed: int, checks: dict[str, Check], diamonds: Any, scorer: Any, encoder: Any
) -> None:
    """Prices of diamonds, with slices that differ by nature."""
    fitted = [
        encoder(learn, "price", OrdinalEncoder(**CODES), HistGradientBoostingRegressor(max_iter=60))
        for learn in (again(diamonds[0], seed), again(diamonds[0], 100 + seed))
    ]
    candidate, champion = (Predictions.numbers(model.predict(diamonds[1])) for model in fitted)
    test = scorer(diamonds[1], PRICE, candidate, champion)
    train = scorer(diamonds[0], PRICE, Predictions.numbers(fitted[0].predict(diamonds[0])))
    assert denying(checks, test, train) == set()


def noisy(scores: Any) -> Any:
    """Scores that random noise was added to."""
    logit = np.log(scores[:, 1] / scores[:, 0]) + np.random.default_rng(0).normal(0, 2, len(scores))
    share = 1 / (1 + np.exp(-logit))
    return np.c_[1 - share, share]


def swapped(scores: Any) -> Any:
    """The classes in the wrong order."""
    return scores[:, ::-1]


def overconfident(scores: Any) -> Any:
    """The same ranking, with logits three times as far out."""
    logit = 3 * np.log(scores[:, 1] / scores[:, 0])
    share = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    return np.c_[1 - share, share]


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (noisy, {"vs_champion"}),
        (swapped, {"vs_champion", "baseline", "calibration"}),
        (overconfident, {"calibration"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_bent_scores_are_denied(
    bend: Any, expected: set[str], checks: dict[str, Check], income_of: Any, adult: Any
) -> None:
    """By the checks that are meant for it."""
    assert expected <= denying(checks, *income_of(adult[0], bend=bend))


def test_a_model_of_flipped_labels_is_denied(checks: dict[str, Check], income_of: Any, adult: Any) -> None:
    """Four labels of ten turned round in training."""
    flip = np.random.default_rng(0).random(len(adult[0])) < 0.4
    turned = adult[0]["income"].map({"<=50K": ">50K", ">50K": "<=50K"})
    assert "vs_champion" in denying(checks, *income_of(adult[0].assign(income=adult[0]["income"].where(~flip, turned))))


def test_a_tree_that_learned_by_heart_is_denied(checks: dict[str, Check], income_of: Any, adult: Any) -> None:
    """An unrestricted tree, by the comparison with the champion and by its gap."""
    assert {"vs_champion", "overfit"} <= denying(checks, *income_of(adult[0], DecisionTreeClassifier(random_state=0)))


def test_a_broken_slice_is_denied(checks: dict[str, Check], income_of: Any, adult: Any) -> None:
    """Scores shuffled among women: worse than the rest, and worse than the champion."""
    women = np.flatnonzero(adult[1]["sex"] == "Female")

    def shuffled(scores: Any) -> Any:
        bent = scores.copy()
        bent[women] = scores[np.random.default_rng(0).permutation(women)]
        return bent

    found = denying(checks, *income_of(adult[0], bend=shuffled))
    assert {"slices", "slices_vs_champion"} <= found


def test_many_flips_warn(checks: dict[str, Check], income_of: Any, adult: Any) -> None:
    """A model of another kind with noise flips more than one row in twenty; it is shown, and does not deny."""
    test, _ = income_of(adult[0], bend=noisy)
    check = checks["performance.negative_flips"]
    (rule,) = parse_rules(check.default, where=None)
    assert (rule.judge(check(test), 0.95, check.better).outcome, rule.level) == ("failed", "warn")


def test_three_hundred_rows_prove_nothing(checks: dict[str, Check], adult: Any, boosting: Any, scorer: Any) -> None:
    """A candidate that is a little worse stays undecided, with the rows that would settle it."""
    few = adult[1].iloc[:300].reset_index(drop=True)
    scores = boosting.predict_proba(few)
    answers = [Predictions.scores(said, ("<=50K", ">50K")) for said in (_stirred(scores), scores)]
    check = checks["performance.vs_champion"]
    (rule,) = parse_rules(check.default, where=None)
    judgement = rule.judge(check(scorer(few, INCOME, *answers)), 0.95, check.better)
    assert judgement.outcome == "inconclusive"
    assert judgement.rows_needed is not None
    assert Table.of(few).rows + judgement.rows_needed > 300


def _stirred(scores: Any) -> Any:
    """Noise on the logit, so that the two differ."""
    logit = np.log(scores[:, 1] / scores[:, 0]) + np.random.default_rng(1).normal(0, 1, len(scores))
    share = 1 / (1 + np.exp(-logit))
    return np.c_[1 - share, share]


def test_checks_know_the_range_of_their_metric(checks: dict[str, Check]) -> None:
    """From their definitions; the difference to a champion or a baseline is in no metric's range."""
    ranges = {"f1": (0, 1), "mcc": (-1, 1), "rmse": (0, None), "r2": (None, 1), "vs_champion": (None, None)}
    assert {name: checks[f"performance.{name}"].within for name in ranges} == ranges
