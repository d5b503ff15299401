"""Estimators and functions behind the protocol of models; scikit-learn's own answers are the witness."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from mlgate.errors import ModelError
from mlgate.opening import adapt, predict
from mlgate.spec import Feature, FeatureKind
from mlgate.tabular import Columns, PredictionKind, Predictions, Table

FEATURES = ["age", "income"]


def test_a_classifier_gives_its_probabilities(
    classifier: LogisticRegression, frame: pd.DataFrame, table: Table, columns: Columns
) -> None:
    """One column per class in the order of `classes_`, by the names it was fitted on."""
    model = adapt(classifier)
    assert model.features == (Feature("age"), Feature("income"))
    predictions = predict(model, table, columns)
    assert predictions.kind is PredictionKind.SCORES
    assert predictions.classes == (0, 1)
    np.testing.assert_array_equal(predictions.values, classifier.predict_proba(frame[FEATURES]))


def test_a_classifier_without_probabilities_gives_labels(frame: pd.DataFrame, table: Table, columns: Columns) -> None:
    """A decision function is no probability: calibration and log loss of it would be a lie."""
    machine = make_pipeline(StandardScaler(), LinearSVC()).fit(frame[FEATURES], frame["y"].map({0: "no", 1: "yes"}))
    predictions = predict(adapt(machine), table, columns)
    assert predictions.kind is PredictionKind.LABELS
    assert predictions.values.tolist() == machine.predict(frame[FEATURES]).tolist()


def test_a_regressor_gives_numbers(frame: pd.DataFrame, columns: Columns) -> None:
    """Also where its label is whole numbers."""
    line = LinearRegression().fit(frame[["age"]], frame["income"])
    predictions = predict(adapt(line), Table.of(frame), Columns(label="income"))
    assert predictions.kind is PredictionKind.VALUES
    np.testing.assert_array_equal(predictions.values, line.predict(frame[["age"]]))


def test_an_estimator_fitted_on_an_array_gets_the_columns_that_are_left(
    frame: pd.DataFrame, table: Table, columns: Columns
) -> None:
    """In the table's order, without label, weight and entity."""
    model = LogisticRegression(max_iter=1000).fit(frame[FEATURES].to_numpy(), frame["y"])
    expected = model.predict_proba(frame[FEATURES].to_numpy())
    np.testing.assert_array_equal(predict(adapt(model), table, columns).values, expected)


def test_an_estimator_fitted_on_another_number_of_columns(frame: pd.DataFrame, table: Table, columns: Columns) -> None:
    """The columns that it would get are named."""
    model = LogisticRegression(max_iter=1000).fit(frame[["age"]].to_numpy(), frame["y"])
    with pytest.raises(ModelError) as caught:
        predict(adapt(model), table, columns)
    assert str(caught.value) == (
        "The model in memory was fitted on 1 columns without names and gets 2: age, income. "
        "Fit it on a data frame, so that it knows its columns by name."
    )


def test_text_columns_reach_a_pipeline_as_pandas_has_them(columns: Columns) -> None:
    """Strings with a missing one, as `pandas` reads them, give what the pipeline gives on the frame itself."""
    frame = pd.DataFrame({"region": ["north", "south", None, "north"] * 5, "y": [0, 1, 1, 0] * 5})
    pipeline = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()).fit(
        frame[["region"]], frame["y"]
    )
    predictions = predict(adapt(pipeline), Table.of(frame), Columns(label="y"))
    np.testing.assert_array_equal(predictions.values, pipeline.predict_proba(frame[["region"]]))


def test_a_signature_adds_what_the_columns_hold(classifier: LogisticRegression) -> None:
    """The estimator says which columns and in which order, the signature of which kind."""
    signature = (Feature("income", FeatureKind.NUMBER), Feature("zip", FeatureKind.TEXT))
    assert adapt(classifier, signature).features == (Feature("age"), Feature("income", FeatureKind.NUMBER))


def test_a_function_with_classes_gives_scores(table: Table, columns: Columns) -> None:
    """`classes_` on the function names the columns of what it returns."""

    def model(rows: pd.DataFrame) -> Any:
        return np.full((len(rows), 3), 1 / 3)

    model.classes_ = ["a", "b", "c"]  # type: ignore[attr-defined]
    assert predict(adapt(model), table, columns).classes == ("a", "b", "c")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda rows: rows["income"], PredictionKind.VALUES),
        (lambda rows: rows[["income"]], PredictionKind.VALUES),
        (lambda rows: rows["age"] > 40, PredictionKind.LABELS),
        (lambda rows: ["yes"] * len(rows), PredictionKind.LABELS),
        (lambda rows: Predictions.labels(np.zeros(len(rows))), PredictionKind.LABELS),
    ],
)
def test_what_a_function_returns_says_what_it_is(
    answer: Any, kind: PredictionKind, table: Table, columns: Columns
) -> None:
    """Numbers with decimals, booleans, text, or predictions already."""
    assert predict(adapt(answer), table, columns).kind is kind


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            lambda rows: np.ones((len(rows), 2)),
            "The model in memory gave 2 scores per row and does not say of which classes.",
        ),
        (lambda rows: None, "The model in memory gave nothing back for its rows."),
        (
            lambda rows: np.ones((len(rows), 1, 2)),
            "The model in memory gave predictions of 3 dimensions, where one or two are expected.",
        ),
        (
            lambda rows: pd.to_datetime(rows["age"]),
            "The model in memory gave predictions of type datetime64[ns], which are no scores, labels or numbers.",
        ),
        (
            lambda rows: rows.astype(str),
            "The model in memory gave 2 columns of type object per row, which are no scores.",
        ),
    ],
)
def test_what_a_function_must_not_return(answer: Any, message: str, table: Table, columns: Columns) -> None:
    """Each with a sentence of its own."""
    with pytest.raises(ModelError) as caught:
        predict(adapt(answer), table, columns)
    assert caught.value.message == message


def test_several_labels_at_once_are_refused(frame: pd.DataFrame, table: Table, columns: Columns) -> None:
    """A gate judges one label."""
    both = MultiOutputClassifier(LogisticRegression(max_iter=1000)).fit(frame[FEATURES], frame[["y", "y"]].to_numpy())
    with pytest.raises(ModelError) as caught:
        predict(adapt(both), table, columns)
    assert caught.value.message == "The model in memory predicts 2 labels at once, and a gate judges one."


def test_probabilities_as_lists_of_lists_are_those_of_an_array(
    classifier: LogisticRegression, frame: pd.DataFrame, table: Table, columns: Columns
) -> None:
    """Rows by classes, whatever holds them; rows of different lengths are none."""

    class Plain:
        classes_ = classifier.classes_
        feature_names_in_ = classifier.feature_names_in_

        def predict(self, rows: pd.DataFrame) -> Any:
            return classifier.predict(rows)

        def predict_proba(self, rows: pd.DataFrame) -> Any:
            return classifier.predict_proba(rows).tolist()

    expected = classifier.predict_proba(frame[FEATURES])
    np.testing.assert_array_equal(predict(adapt(Plain()), table, columns).values, expected)
    with pytest.raises(ModelError, match="The model in memory gave more predictions for some rows than for others"):
        predict(adapt(lambda rows: [[0.5]] + [[0.5, 0.5]] * (len(rows) - 1)), table, columns)


def test_scores_of_too_few_columns_are_counted_in_good_english() -> None:
    with pytest.raises(ModelError, match="The model gave 1 column of scores for 2 classes"):
        Predictions(PredictionKind.SCORES, np.array([[0.5]]), (0, 1))


def test_a_class_is_no_model() -> None:
    """A forgotten pair of parentheses."""
    with pytest.raises(ModelError) as caught:
        adapt(LogisticRegression)
    assert caught.value.message == (
        "A class (LogisticRegression) is not a model: it has no `predict` and can't be called."
    )
