"""The model's answers as deepchecks takes them: one label, and probabilities in the order of the sorted classes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from mlgate import DataError
from mlgate.tabular import Columns, Predictions, Table, score
from mlgate_deepchecks.describing import described
from mlgate_deepchecks.tables import Answers, batches


def answers(label: list[object], said: Predictions, positive: object = None) -> Answers:
    columns = Columns(label="y", positive=positive)  # type: ignore[arg-type]
    table = Table.of(pl.DataFrame({"x": range(len(label)), "y": label}))
    return Answers.of(score(table, columns, None, said, None))


def test_the_positive_class_comes_first_in_the_alphabet_or_last() -> None:
    """It is predicted from one half on; the columns are sorted whichever it is."""
    said = Predictions.scores(np.array([0.9, 0.5, 0.2, 0.4]), ("bad",))
    found = answers(["bad", "bad", "good", "good"], said, positive="bad")
    assert found.classes == ("bad", "good")
    assert found.predicted.tolist() == ["bad", "bad", "good", "good"]
    assert found.probabilities is not None
    assert found.probabilities[:, 0].tolist() == [0.9, 0.5, 0.2, 0.4]


def test_several_classes_are_sorted_with_their_columns() -> None:
    """The most probable is predicted."""
    said = Predictions.scores(np.array([[0.1, 0.7, 0.2], [0.6, 0.1, 0.3], [0.2, 0.3, 0.5]]), ("c", "a", "b"))
    found = answers(["a", "c", "b"], said)
    assert found.classes == ("a", "b", "c")
    assert found.predicted.tolist() == ["a", "c", "b"]
    assert found.probabilities is not None
    assert found.probabilities[0].tolist() == [0.7, 0.2, 0.1]


def test_a_regression_has_no_probabilities() -> None:
    """Numbers alone."""
    label: list[object] = [float(value) / 7 for value in range(30)]
    found = answers(label, Predictions.numbers(np.arange(30.0)))
    assert found.probabilities is None
    assert found.classes == ()


def test_answers_stay_beside_their_rows_over_batches() -> None:
    """Batch by batch, in order."""
    rows = 70_000
    frame = pl.DataFrame({"x": np.arange(rows)})
    found = Answers(np.arange(rows) * 2, np.column_stack((np.arange(rows), np.ones(rows))), (0, 1))
    whole = pa.concat_tables(batches(Table.of(frame), found))
    assert whole.num_rows == rows
    assert (np.array(whole["mlgate:prediction"]) == 2 * np.array(whole["x"])).all()
    assert (np.array(whole["mlgate:probability:0"]) == np.array(whole["x"])).all()


def test_a_column_with_our_name_is_refused() -> None:
    """Nothing is overwritten in silence."""
    with pytest.raises(DataError, match="has a column 'mlgate:prediction'"):
        list(batches(Table.of(pl.DataFrame({"mlgate:prediction": [1]})), None))


def test_roles_are_told_where_both_tables_have_the_column() -> None:
    """A label that only one table has is none to deepchecks; a weight is no feature."""
    test = Table.of(pl.DataFrame({"y": [0, 1], "who": [1, 2], "when": [1, 2], "w": [1, 1]}))
    train = Table.of(pl.DataFrame({"y": [0, 1], "who": [3, 4]}))
    columns = Columns(label="y", entity="who", time="when", weight="w")
    told = described(columns, {"train": train, "test": test}, None, {})
    expected = {"label": "y", "task": "binary", "index": "who", "datetime": None, "left_out": ["w"], "classes": None}
    assert told == expected
