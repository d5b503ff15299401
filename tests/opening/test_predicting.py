"""Predictions for a whole table: batches, what a model never sees, and every doubt in a sentence."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.errors import ModelError
from mlgate.opening import predict
from mlgate.spec import Feature
from mlgate.tabular import Columns, PredictionKind, Predictions, Table

X = (Feature("x"),)
LABELLED = Columns(label="y")


def numbers(rows: int) -> Table:
    return Table.of(pl.DataFrame({"x": np.arange(rows, dtype=float), "y": np.arange(rows) % 3}))


def column(table: Table, name: str = "x") -> Any:
    return table.collect([name])[name].to_numpy()


def message_of(model: Any, table: Table, **options: int) -> str:
    with pytest.raises(ModelError) as caught:
        predict(model, table, LABELLED, **options)
    return str(caught.value)


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(1, 200), batch=st.integers(1, 90))
def test_batches_join_in_the_order_of_the_table(toy: Any, rows: int, batch: int) -> None:
    """For any number of rows and any size of batch, row i has the prediction for row i."""
    predictions = predict(toy(lambda t: Predictions.numbers(column(t) * 2)), numbers(rows), LABELLED, batch_rows=batch)
    assert predictions.values.tolist() == [2.0 * row for row in range(rows)]


def test_label_weight_and_entity_never_reach_the_model(toy: Any, table: Table, columns: Columns) -> None:
    """In no batch."""
    model = toy(lambda t: Predictions.numbers(column(t, "income")))
    predict(model, table, columns, batch_rows=50)
    assert model.seen == [("age", "income")] * 4


def test_a_categorical_column_comes_in_one_batch(toy: Any) -> None:
    """The codes of a category differ from batch to batch, and some models trust the codes."""
    table = Table.of(pl.DataFrame({"x": pl.Series(["b", "a", "c", "a"], dtype=pl.Categorical), "y": [0, 1, 2, 1]}))
    model = toy(lambda t: Predictions.labels(np.array(t.collect()["x"].cast(pl.String).to_list())))
    assert predict(model, table, LABELLED, batch_rows=2).values.tolist() == ["b", "a", "c", "a"]
    assert len(model.seen) == 1


def test_another_number_of_rows(toy: Any) -> None:
    """Said with the rows that were asked for."""
    model = toy(lambda t: Predictions.numbers(column(t)[:-1]), X)
    assert message_of(model, numbers(2500), batch_rows=2000) == (
        "The model in memory gave 1,999 predictions for 2,000 rows (0 to 1,999). "
        "It must give one per row, in their order."
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_counted_over_all_batches(toy: Any, bad: float) -> None:
    """Row numbers count from 0 in the table, not in the batch."""
    model = toy(lambda t: Predictions.numbers(np.where(column(t) % 100 == 42, bad, column(t))), X)
    assert message_of(model, numbers(1000), batch_rows=300) == (
        "The model in memory predicts NaN or infinity for 10 of 1,000 rows: rows 42, 142, 242, 342, 442 and 5 more. "
        "A model must answer every row, or the pipeline before it must refuse the row."
    )


def test_nan_in_one_column_of_the_scores(toy: Any) -> None:
    """A row with one bad score is a bad row."""

    def answer(table: Table) -> Predictions:
        scores = np.column_stack([column(table), 1 - column(table)])
        scores[3, 1] = np.nan
        return Predictions.scores(scores, ("a", "b"))

    assert message_of(toy(answer, X), numbers(10)).startswith(
        "The model in memory predicts NaN or infinity for 1 of 10 rows: row 3."
    )


def test_labels_that_are_missing(toy: Any) -> None:
    """`None` is no class."""
    model = toy(lambda t: Predictions.labels(np.array(["a", None, "b", float("nan")], dtype=object)), X)
    assert message_of(model, numbers(4)).startswith("The model in memory predicts nothing for 2 of 4 rows: rows 1, 3.")


class TestRaising:
    """A model that raises on some rows."""

    @staticmethod
    def raising_on(toy: Any, *rows: int) -> Any:
        def answer(table: Table) -> Predictions:
            bad = sorted(set(column(table)) & set(map(float, rows)))
            if bad:
                raise ValueError(f"could not convert {bad[0]:.0f}.\nA second line")
            return Predictions.numbers(column(table))

        return toy(answer, X)

    def test_one_row_is_found(self, toy: Any) -> None:
        """With what it raised, in the numbering of the table."""
        assert message_of(self.raising_on(toy, 777), numbers(1000), batch_rows=400) == (
            "The model in memory raises on row 777: ValueError: could not convert 777. "
            "Rows count from 0. Predict that row alone to see the whole traceback."
        )

    def test_the_first_three_of_many_are_found(self, toy: Any) -> None:
        """And it is said that there may be more."""
        assert message_of(self.raising_on(toy, *range(500, 600)), numbers(1000)).startswith(
            "The model in memory raises on rows 500, 501, 502 and perhaps on more: ValueError: could not convert 500. "
        )

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 4999))
    def test_any_row_is_found_with_few_tries(self, toy: Any, row: int) -> None:
        """Halving 5,000 rows takes at most two tries per level."""
        model = self.raising_on(toy, row)
        assert f"raises on row {row:,}: " in message_of(model, numbers(5000))
        assert len(model.seen) <= 1 + 2 * 13

    def test_rows_that_fail_only_together(self, toy: Any) -> None:
        """A model whose answer depends on the other rows."""

        def answer(table: Table) -> Predictions:
            if table.rows > 10:
                raise MemoryError
            return Predictions.numbers(column(table))

        assert message_of(toy(answer, X), numbers(20)) == (
            "The model in memory raises on rows 0 to 19 together and not on each alone: MemoryError. "
            "A prediction must depend on its own row alone."
        )

    def test_a_model_that_exits(self, toy: Any) -> None:
        """`sys.exit(0)` in a model must not end the gate as if it had allowed."""
        assert message_of(toy(lambda t: sys.exit(0), X), numbers(1)).startswith(
            "The model in memory raises on row 0: SystemExit: 0."
        )


def test_an_answer_that_changes_its_kind(toy: Any) -> None:
    """Labels for one batch, numbers for the next."""
    model = toy(
        lambda t: Predictions.numbers(column(t)) if column(t)[0] > 0 else Predictions.labels(np.zeros(t.rows)), X
    )
    assert message_of(model, numbers(10), batch_rows=5) == (
        "The model in memory gives predictions of another kind for some batches of rows than for others. "
        "Its kind of answer and its classes must not depend on the rows."
    )


class TestOneNumberForTwoClasses:
    """Numbers within [0, 1] are scores of the positive class where the label has two."""

    @staticmethod
    def predicted(toy: Any, label: list[object], scores: list[float], positive: str | None = None) -> Predictions:
        table = Table.of(pl.DataFrame({"x": scores, "y": label}))
        return predict(toy(lambda t: Predictions.numbers(column(t)), X), table, Columns(label="y", positive=positive))

    def test_two_classes(self, toy: Any) -> None:
        """Of the positive class, or of the later one where none is named."""
        assert self.predicted(toy, ["no", "yes", "no"], [0.1, 0.9, 0.0]).classes == ("yes",)
        assert self.predicted(toy, ["no", "yes", "no"], [0.1, 0.9, 0.0], positive="no").classes == ("no",)

    def test_other_numbers_and_other_labels_stay_numbers(self, toy: Any) -> None:
        """A margin is no score, and three values of a label are a regression's or nobody's."""
        assert self.predicted(toy, [0, 1, 0], [-0.1, 0.9, 0.0]).kind is PredictionKind.VALUES
        assert self.predicted(toy, [0, 1, 2], [0.1, 0.9, 0.0]).kind is PredictionKind.VALUES
