"""Decisions with nothing but a sensitive attribute changed: models whose answer is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from mlgate import NotApplicable
from mlgate.results import CheckRun, RunStatus
from mlgate.results.record_json import run_to_json
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate_fairness.counterfactual import counterfactual_flip

Rule = Callable[[pl.DataFrame], NDArray[np.bool_]]
ROWS = pl.DataFrame(
    {
        "income": [10.0, 20.0, 30.0, 40.0] * 50,
        "sex": ["f", "m"] * 100,
        "age": [25, 35, 45, 55, 65] * 40,
        "late": [0, 1, 1, 0] * 50,
    }
)


class Model:
    """Decides by a rule; says which columns it reads."""

    def __init__(self, rule: Rule, *features: str) -> None:
        self.features = features or None
        self._rule = rule

    def __call__(self, table: Table) -> Predictions:
        yes = self._rule(table.collect()).astype(float)
        return Predictions.scores(np.column_stack((1 - yes, yes)), (0, 1))


def scored(model: Model, *sensitive: str, frame: pl.DataFrame = ROWS, **roles: object) -> ScoredTable:
    """The rows as the model decides them."""
    table = Table.of(frame)
    return score(table, Columns(label="late", sensitive=sensitive, **roles), None, model(table))  # type: ignore[arg-type]


def by_sex_alone(frame: pl.DataFrame) -> NDArray[np.bool_]:
    return (frame["sex"] == "m").to_numpy()


def by_sex_of_the_poor(frame: pl.DataFrame) -> NDArray[np.bool_]:
    return ((frame["income"] > 15) | (frame["sex"] == "m")).to_numpy()


def by_income(frame: pl.DataFrame) -> NDArray[np.bool_]:
    return (frame["income"] > 25).to_numpy()


@pytest.mark.parametrize(("rule", "share"), [(by_sex_alone, 1.0), (by_sex_of_the_poor, 0.25), (by_income, 0.0)])
def test_the_share_is_that_of_the_rows_whose_decision_hangs_on_the_attribute(rule: Rule, share: float) -> None:
    """Every row; every row with an income of 10, a quarter of them; none."""
    model = Model(rule, "income", "sex")
    measured = counterfactual_flip(scored(model, "sex"), model)
    assert measured.estimate is not None
    assert (measured.estimate.value, measured.estimate.n) == (share, 200)


def test_each_column_and_each_group_has_its_own_share() -> None:
    """Of those with an income of 10, all are women here: they alone would be decided otherwise."""
    model = Model(by_sex_of_the_poor)
    measured = counterfactual_flip(scored(model, "sex", "age", sensitive_bins={"age": (40.0,)}), model)
    assert [(part.name, part.estimate.value) for part in measured.parts] == [("sex", 0.25), ("age", 0.0)]
    assert [(dict(each.slice), each.estimate.value) for each in measured.slices] == [
        ({"sex": "f"}, 0.5),
        ({"sex": "m"}, 0.0),
        ({"age": "up to 40"}, 0.0),
        ({"age": "above 40"}, 0.0),
    ]


def test_a_band_stands_for_its_middle_value() -> None:
    """A limit at 50 lies within the upper band (45 to 65, the middle is 55): the young are set to 55, the old to 35."""
    model = Model(lambda frame: (frame["age"] > 50).to_numpy())
    measured = counterfactual_flip(scored(model, "age", sensitive_bins={"age": (40.0,)}), model)
    assert measured.estimate is not None
    assert measured.estimate.value == 1.0  # 25 and 35 become 55; 45 becomes 55; 55 and 65 become 35 (or 25)


def test_a_missing_value_is_no_other_value_to_have() -> None:
    """Rows without one are still asked about with each value that there is."""
    frame = ROWS.with_columns(sex=pl.when(pl.col("income") > 35).then(None).otherwise("sex"))
    model = Model(lambda rows: rows["sex"].is_null().to_numpy())
    measured = counterfactual_flip(scored(model, "sex", frame=frame), model)
    assert measured.estimate is not None
    assert measured.estimate.value == 0.25


def test_rows_are_drawn_where_there_are_many_and_it_is_said() -> None:
    """The interval is that of the rows that were asked."""
    model = Model(by_sex_of_the_poor)
    measured = counterfactual_flip(scored(model, "sex"), model, most_rows=80)
    assert measured.estimate is not None
    assert measured.estimate.n == 80
    assert "Measured on 80 of 200 rows, drawn at random (seed 0)." in measured.notes


def test_a_column_that_the_model_does_not_read_changes_nothing() -> None:
    """And is not measured as a proof of anything."""
    model = Model(by_income, "income")
    with pytest.raises(NotApplicable) as caught:
        counterfactual_flip(scored(model, "sex"), model)
    assert str(caught.value) == "The model reads none of the sensitive columns (sex)."


def test_entities_are_kept_together() -> None:
    """Two rows of each of 100 people: the interval is that of people, not of rows."""
    frame = ROWS.with_columns(person=pl.Series(range(200)) // 2)
    model = Model(by_sex_of_the_poor)
    alone = counterfactual_flip(scored(model, "sex"), model).estimate
    kept = counterfactual_flip(scored(model, "sex", frame=frame, entity="person"), model).estimate
    assert alone is not None
    assert kept is not None
    assert alone.spread is not None
    assert kept.spread is not None
    assert (alone.spread.method, kept.spread.method) == ("wilson", "influence, by entity")


def test_no_value_of_a_row_is_told() -> None:
    """The record holds names of groups, columns and shares."""
    frame = ROWS.with_columns(note=pl.lit("SECRET"))
    model = Model(by_sex_of_the_poor, "income", "sex", "note")
    measured = counterfactual_flip(scored(model, "sex", frame=frame), model)
    kept = run_to_json(CheckRun("fairness.counterfactual_flip", RunStatus.MEASURED, 0.0, measured))
    assert b"SECRET" not in kept
