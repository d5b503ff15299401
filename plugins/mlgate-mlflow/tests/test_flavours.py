"""Models as people log them: with and without a signature, as skops, as pickle, as code of their own."""

from __future__ import annotations

import sys
from inspect import signature as signature_of
from pathlib import Path
from typing import Any, Literal

import cloudpickle
import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from mlgate import ModelError
from mlgate.opening import Terms, digest, open_model, predict, stage
from mlgate.spec import LocatedModel
from mlgate.tabular import Columns, PredictionKind, Predictions, Table
from mlgate_mlflow.opener import MlflowOpener

COLUMNS = Columns(label="y", positive=1)
QUICK = {"pip_requirements": ["scikit-learn"]}
TREE = "sklearn.tree._tree.Tree"
writes_skops = pytest.mark.skipif(
    "skops_trusted_types" not in signature_of(mlflow.sklearn.save_model).parameters,
    reason=f"MLflow {mlflow.__version__} writes no skops files",
)


def message_of(folder: Path, table: Table) -> str:
    with pytest.raises(ModelError) as caught:
        predicted(folder, table)
    return str(caught.value)


def predicted(folder: Path, table: Table, *, confined: bool = False) -> Predictions:
    """Of a model that somebody vouches for: cloudpickle brings code, which the scan speaks against.

    In this process, where that is not what a test is about: a process of its own takes seconds to begin.
    """
    opener = MlflowOpener()
    located = LocatedModel(asked="loan", uri="models:/loan/7", path=folder)
    trusting = Terms(trusted=frozenset({digest(folder)}))
    return predict(open_model(stage(located, trusting), opener, confined=confined), table, COLUMNS)


def signature(frame: pd.DataFrame) -> Any:
    return mlflow.models.infer_signature(frame, np.zeros(len(frame)))


class Doubling(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Code of the user's own: one number per row, with the faults that its tests ask for."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        values = model_input["age"].to_numpy() * 2.5
        if self.fault == "nan":
            values[values == values.max()] = np.nan
        if self.fault == "rows":
            return values[1:]
        if self.fault == "raises" and (model_input["age"] == 42).any():
            raise ValueError("no weights for age 42")
        return values


class Halves(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Scores of two classes, and a helper with a well-known name and arguments of its own."""

    def __init__(self, classes: list[str] | None) -> None:
        self.classes_ = classes

    def predict_proba(self, rows: pd.DataFrame, temperature: float) -> Any:
        return np.full((len(rows), 2), temperature)

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        return self.predict_proba(model_input, 0.5)


@pytest.fixture
def table(frame: pd.DataFrame) -> Table:
    return Table.of(frame)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "saved"


def save_code(folder: Path, frame: pd.DataFrame, fault: str = "") -> None:
    mlflow.pyfunc.save_model(folder, python_model=Doubling(fault), signature=signature(frame), **QUICK)


class TestScikitLearn:
    """Opened natively, for their scores."""

    @pytest.fixture
    def forest(self, frame: pd.DataFrame) -> RandomForestClassifier:
        return RandomForestClassifier(5, random_state=0).fit(frame[["age", "income"]], frame["y"])

    @pytest.mark.parametrize(
        "options",
        [
            {"serialization_format": "cloudpickle"},
            pytest.param({"serialization_format": "skops", "skops_trusted_types": [TREE]}, marks=writes_skops),
        ],
        ids=["cloudpickle", "skops"],
    )
    def test_a_forest_in_each_format(
        self, forest: RandomForestClassifier, options: dict[str, Any], frame: pd.DataFrame, table: Table, folder: Path
    ) -> None:
        """The two ways to log one since MLflow writes skops by default, each in a process of its own."""
        mlflow.sklearn.save_model(forest, folder, **options, **QUICK)
        scores = predicted(folder, table, confined=True).values
        np.testing.assert_array_equal(scores, forest.predict_proba(frame[["age", "income"]]))

    @writes_skops
    def test_the_model_s_own_list_of_trusted_types_is_not_asked(
        self, frame: pd.DataFrame, table: Table, folder: Path
    ) -> None:
        """Whoever wrote the model wrote that list too."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, StandardScaler

        pipeline = make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), FunctionTransformer(pd.DataFrame))
        mlflow.sklearn.save_model(
            pipeline.fit(frame[["age"]]),
            folder,
            serialization_format="skops",
            skops_trusted_types=["pandas.DataFrame", "pandas.core.frame.DataFrame"],
            **QUICK,
        )
        assert message_of(folder, table).startswith(
            "The model models:/loan/7 holds types that nobody vouches for: pandas."
        )

    def test_a_damaged_model(self, forest: RandomForestClassifier, table: Table, folder: Path) -> None:
        """Said as what it is, without a traceback."""
        mlflow.sklearn.save_model(forest, folder, serialization_format="pickle", **QUICK)
        (folder / "model.pkl").write_bytes(b"damaged")
        assert message_of(folder, table).startswith("The model models:/loan/7 can't be opened: UnpicklingError: ")


class TestSignature:
    """The table must hold what the signature says."""

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (
                lambda frame: frame.drop(columns="income").assign(Income=1.0),
                "The model models:/loan/7 reads the column 'income', which the table lacks. "
                "Nearest in the table: 'Income' for 'income'.",
            ),
            (
                lambda frame: frame.assign(income="much", age=0.5),
                "The table does not fit the signature of the model models:/loan/7: "
                "the column 'age' is Float64 and should hold whole numbers; "
                "the column 'income' is String and should hold numbers. "
                "Convert the columns as they were for training, or log the model again with the right signature.",
            ),
        ],
        ids=["missing", "types"],
    )
    def test_missing_columns_and_other_types(
        self, change: Any, message: str, frame: pd.DataFrame, folder: Path
    ) -> None:
        """Both are said before a row is predicted."""
        save_code(folder, frame[["age", "income"]])
        assert message_of(folder, Table.of(change(frame))) == message

    def test_numbers_of_another_width_are_widened_or_narrowed(self, frame: pd.DataFrame, folder: Path) -> None:
        """A model logged from int32 and float32 takes what a CSV gives, which MLflow alone refuses."""
        narrow = frame[["age", "income"]].astype({"age": "int32", "income": "float32"})
        save_code(folder, narrow)
        np.testing.assert_array_equal(predicted(folder, Table.of(frame)).values, frame["age"] * 2.5)
        with pytest.raises(mlflow.exceptions.MlflowException, match="Can not safely convert int64 to int32"):
            mlflow.pyfunc.load_model(str(folder)).predict(frame[["age", "income"]])

    @pytest.mark.parametrize(("width", "too_large"), [("int32", 2**40), ("float32", 1e300)])
    def test_a_number_that_does_not_fit_is_named_by_its_row(
        self, width: Literal["int32", "float32"], too_large: float, frame: pd.DataFrame, folder: Path
    ) -> None:
        """It is not wrapped around nor made infinite: MLflow refuses the batch, and the row is found."""
        save_code(folder, frame[["age"]].astype(width))
        ages = frame["age"].to_list()
        ages[17] = too_large
        assert message_of(folder, Table.of(frame.assign(age=ages))).startswith(
            "The model models:/loan/7 raises on row 17: MlflowException: Failed to enforce schema of data"
        )

    def test_a_model_without_a_signature_takes_all_but_the_label(
        self, frame: pd.DataFrame, table: Table, folder: Path
    ) -> None:
        """And its own code picks the columns, in a process of its own."""
        here = sys.modules[__name__]
        cloudpickle.register_pickle_by_value(here)  # as of a class in a notebook: the model brings its code
        mlflow.pyfunc.save_model(folder, python_model=Doubling(), **QUICK)
        cloudpickle.unregister_pickle_by_value(here)
        predictions = predicted(folder, table, confined=True)
        assert predictions.kind is PredictionKind.VALUES
        np.testing.assert_array_equal(predictions.values, frame["age"] * 2.5)


class TestScoresOfCode:
    """What the user's own code may say of its classes."""

    @pytest.fixture
    def halves(self, folder: Path) -> Path:
        mlflow.pyfunc.save_model(folder, python_model=Halves(["no", "yes"]), **QUICK)
        return folder

    def test_classes_on_the_code_name_the_scores(self, halves: Path, table: Table) -> None:
        """Two columns of scores, in the order of `classes_`; its own `predict_proba` is not for us to call."""
        predictions = predicted(halves, table)
        assert (predictions.kind, predictions.classes) == (PredictionKind.SCORES, ("no", "yes"))

    def test_scores_without_classes(self, folder: Path, table: Table) -> None:
        """Whose the columns are must not be guessed."""
        mlflow.pyfunc.save_model(folder, python_model=Halves(None), **QUICK)
        assert message_of(folder, table) == (
            "The model models:/loan/7 gave 2 scores per row and does not say of which classes. "
            "Give it an attribute `classes_` with the labels in the order of the columns."
        )


class TestBadAnswers:
    """Each with the sentence that a person needs."""

    @pytest.mark.parametrize(
        ("fault", "message"),
        [
            (
                "nan",
                "The model models:/loan/7 predicts NaN or infinity for 1 of 3 rows: row 2. "
                "A model must answer every row, or the pipeline before it must refuse the row.",
            ),
            (
                "rows",
                "The model models:/loan/7 gave 2 predictions for 3 rows (0 to 2). "
                "It must give one per row, in their order.",
            ),
            (
                "raises",
                "The model models:/loan/7 raises on row 1: ValueError: no weights for age 42. "
                "Rows count from 0. Predict that row alone to see the whole traceback.",
            ),
        ],
    )
    def test_each(self, fault: str, message: str, folder: Path) -> None:
        """NaN, another number of rows, an exception on one row."""
        rows = pd.DataFrame({"age": [30, 42, 60], "y": [0, 1, 1]})
        save_code(folder, rows[["age"]], fault)
        assert message_of(folder, Table.of(rows)) == message


class TestHostile:
    """What a folder with an MLmodel may try."""

    def test_a_path_out_of_the_folder(self, frame: pd.DataFrame, table: Table, folder: Path) -> None:
        """MLflow alone would load it."""
        save_code(folder, frame[["age"]])
        (folder.parent / "elsewhere.pkl").write_bytes((folder / "python_model.pkl").read_bytes())
        text = (
            (folder / "MLmodel").read_text().replace("python_model: python_model.pkl", "python_model: ../elsewhere.pkl")
        )
        (folder / "MLmodel").write_text(text)
        assert message_of(folder, table) == (
            "The model models:/loan/7 stays closed: 'MLmodel, line 9': 'flavors.python_function.python_model' is "
            "'../elsewhere.pkl', outside of the model's folder. "
            "A verdict binds only the files inside the folder; log the model again with its files in it."
        )

    def test_a_symbolic_link(self, frame: pd.DataFrame, table: Table, folder: Path) -> None:
        """No digest binds where it points."""
        save_code(folder, frame[["age"]])
        (folder / "weights").symlink_to("/etc/hostname")
        assert message_of(folder, table) == (
            f"The model holds a symbolic link, {folder}/weights, which no digest can bind. "
            "Replace it by the file itself."
        )

    def test_no_flavour_that_predicts_from_python(self, table: Table, folder: Path) -> None:
        """The flavours that it has are named."""
        folder.mkdir()
        (folder / "MLmodel").write_text("flavors: {crate: {version: 1}}\n")
        assert message_of(folder, table) == (
            "The model models:/loan/7 has the flavours crate, and not python_function. "
            "Log it with a flavour that can predict from Python."
        )
