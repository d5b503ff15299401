"""The gap between training and test rows, and when it blocks."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.metrics import roc_auc_score, root_mean_squared_error
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier

from mlgate import Check
from mlgate.rules import parse_rules
from mlgate.tabular import Columns, Predictions

INCOME = Columns(label="income", positive=">50K")
CODES: dict[str, Any] = {"handle_unknown": "use_encoded_value", "unknown_value": -1}


@pytest.fixture(scope="module")
def both(adult: Any, scorer: Any, encoder: Any) -> Any:
    """A model fitted on the first half of Adult, and both halves scored by it."""

    def make(model: Any) -> tuple[Any, Any, Any]:
        fitted = encoder(adult[0], "income", OrdinalEncoder(**CODES), model)
        said = [Predictions.scores(fitted.predict_proba(half), tuple(fitted.classes_)) for half in adult]
        test, train = (
            scorer(half, INCOME, answers) for half, answers in zip(reversed(adult), reversed(said), strict=True)
        )
        return fitted, test, train

    return make


def outcome(check: Check, test: Any, train: Any) -> str:
    (rule,) = parse_rules(check.default, where=None)
    return rule.judge(check(test, train), 0.95, check.better).outcome


def test_the_gap_is_training_minus_test(checks: dict[str, Check], both: Any, adult: Any) -> None:
    """Both areas as scikit-learn has them."""
    fitted, test, train = both(RandomForestClassifier(30, random_state=0))
    areas = [roc_auc_score(half["income"] == ">50K", fitted.predict_proba(half)[:, 1]) for half in adult]
    measurement = checks["performance.overfit"](test, train)
    assert measurement.estimate is not None
    assert measurement.estimate.value == pytest.approx(areas[0] - areas[1], abs=2e-4)
    assert measurement.data["train"] == pytest.approx(areas[0], abs=1e-4)


def test_a_tree_that_learned_by_heart_is_blocked(checks: dict[str, Check], both: Any) -> None:
    """An unrestricted tree: a large gap, and no better than one split on new rows."""
    _, test, train = both(DecisionTreeClassifier(random_state=0))
    assert outcome(checks["performance.overfit"], test, train) == "failed"


def test_a_forest_that_knows_its_rows_is_not(checks: dict[str, Check], both: Any) -> None:
    """A large gap too, and good on new rows."""
    _, test, train = both(RandomForestClassifier(50, random_state=0))
    measurement = checks["performance.overfit"](test, train)
    assert measurement.estimate is not None
    assert measurement.estimate.value > 0.08
    assert outcome(checks["performance.overfit"], test, train) == "passed"


def test_errors_are_told_in_standard_deviations_and_as_growth(
    checks: dict[str, Check], diamonds: Any, scorer: Any, encoder: Any
) -> None:
    """The gap of rmse over the label's standard deviation, and how much larger the test error is."""
    fitted = encoder(diamonds[0], "price", OrdinalEncoder(**CODES), HistGradientBoostingRegressor(max_iter=60))
    columns = Columns(label="price")
    train, test = (scorer(half, columns, Predictions.numbers(fitted.predict(half))) for half in diamonds)
    errors = [root_mean_squared_error(half["price"], fitted.predict(half)) for half in diamonds]
    measurement = checks["performance.overfit"](test, train)
    spread = diamonds[1]["price"].to_numpy(dtype=float).std()
    assert measurement.estimate is not None
    assert measurement.estimate.value == pytest.approx((errors[1] - errors[0]) / spread)
    parts = {part.name: part.estimate.value for part in measurement.parts}
    assert parts["relative"] == pytest.approx(errors[1] / errors[0] - 1)
