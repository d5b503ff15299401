"""Each clause of the predict contract is broken by one model made for it, and an ordinary pipeline keeps them all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import polars as pl
import pytest
from joblib import effective_n_jobs
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from mlgate import Finding, Measurement
from mlgate.opening.estimators import EstimatorModel
from mlgate.opening.threads import running

FEATURES = ["income", "debt", "age", "job"]
KEPT_PER_ROW = 400
Rows = pd.DataFrame
Scores = NDArray[np.float64]
Judge = Callable[..., Measurement]


def sound(rows: Rows) -> Scores:
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(rows["income"] / 40_000 - rows["debt"] / 10_000)))


class Broken:
    """A model that keeps the contract but for the clause that it is named after."""

    classes_ = (0, 1)

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.calls = 0
        self.kept: list[bytearray] = []

    def __call__(self, rows: Rows) -> Scores:
        positive = cast(Scores, getattr(self, self.fault)(rows))
        return np.column_stack((1 - positive, positive))

    def keeps(self, rows: Rows) -> Scores:
        return sound(rows)

    def counts(self, rows: Rows) -> Scores:
        self.calls += 1
        return sound(rows) / self.calls

    def remembers(self, rows: Rows) -> Scores:
        self.calls += len(rows) < 100
        return sound(rows) * (0.5 if self.calls else 1.0)

    def normalises(self, rows: Rows) -> Scores:
        return np.asarray(sound(rows) / sound(rows).max(initial=1e-9))

    def drops_the_last_of_a_chunk(self, rows: Rows) -> Scores:
        last = (np.arange(len(rows)) == len(rows) - 1) & (len(rows) % 64 == 0)
        return np.where(last, 0.5, sound(rows))

    def uses_the_index(self, rows: Rows) -> Scores:
        return np.asarray(sound(rows) * (1 - rows.index.to_numpy() / 1_000))

    def counts_repeats(self, rows: Rows) -> Scores:
        return np.asarray(sound(rows) / rows.groupby(FEATURES)["age"].transform("size"))

    def answers_nothing(self, rows: Rows) -> Scores:
        return sound(rows) if len(rows) else np.array([0.5])

    def goes_by_position(self, rows: Rows) -> Scores:
        money = rows.select_dtypes("float").iloc[:, :2]
        return sound(money.set_axis(["income", "debt"], axis=1))

    def guesses(self, rows: Rows) -> Scores:
        return sound(rows.assign(debt=rows.get("debt", 5000.0)))

    def casts(self, rows: Rows) -> Scores:
        return np.asarray(sound(rows) * (0.9 if rows["age"].dtype.kind == "i" else 1.0))

    def knows_texts_alone(self, rows: Rows) -> Scores:
        return np.asarray(sound(rows) * (0.9 if isinstance(rows["job"].dtype, pd.CategoricalDtype) else 1.0))

    def overflows(self, rows: Rows) -> Scores:
        with np.errstate(over="ignore", invalid="ignore"):
            small = rows["income"].to_numpy(dtype=np.float32)
            return np.asarray(sound(rows) + (small - small))

    def scores_above_one(self, rows: Rows) -> Scores:
        return 2 * sound(rows)

    def is_turned(self, rows: Rows) -> Scores:
        return 1 - sound(rows)

    def writes(self, rows: Rows) -> Scores:
        rows["income"] = rows["income"].clip(upper=50_000)
        return sound(rows)

    def leaks(self, rows: Rows) -> Scores:
        self.kept.append(bytearray(os.urandom(KEPT_PER_ROW * len(rows))))
        return sound(rows)


class NoPickle(Broken):
    """Can't be saved."""

    def __reduce__(self) -> Any:
        raise TypeError("cannot pickle a lock")


def clauses(measured: Measurement) -> set[object]:
    return {finding.data["clause"] for finding in measured.findings}


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("counts", "repeatable"),
        ("remembers", "no memory"),
        ("normalises", "row by row"),
        ("drops_the_last_of_a_chunk", "batch size"),
        ("uses_the_index", "row order"),
        ("counts_repeats", "repeated rows"),
        ("answers_nothing", "no rows"),
        ("goes_by_position", "column order"),
        ("guesses", "missing columns"),
        ("casts", "whole numbers"),
        ("knows_texts_alone", "categories"),
        ("overflows", "large numbers"),
        ("scores_above_one", "probabilities"),
        ("is_turned", "class order"),
        ("writes", "input"),
    ],
)
def test_a_broken_clause_is_named(judge: Judge, fault: str, clause: str) -> None:
    assert clause in clauses(judge(Broken(fault)))


def test_a_leak_is_told_with_its_size(judge: Judge) -> None:
    """What stays behind with every row, within a quarter; memory that this process got free before hides nothing."""
    freed = [bytearray(50_000) for _ in range(2_000)]
    del freed
    (finding,) = [each for each in judge(Broken("leaks")).findings if each.data["clause"] == "memory"]
    assert finding.data["bytes_per_row"] == pytest.approx(KEPT_PER_ROW, rel=0.25)


def test_a_function_that_keeps_the_contract_has_no_finding(judge: Judge) -> None:
    assert judge(Broken("keeps")).findings == ()


def pipeline(estimator: Any) -> Pipeline:
    encoder = OneHotEncoder(sparse_output=False)
    return make_pipeline(make_column_transformer((encoder, ["job"]), remainder="passthrough"), estimator)


@pytest.mark.parametrize(
    "estimator", [LogisticRegression(max_iter=2_000), LinearRegression()], ids=["classes", "numbers"]
)
def test_an_ordinary_pipeline_keeps_the_contract(judge: Judge, frame: pl.DataFrame, estimator: Any) -> None:
    """With an encoder that refuses what it does not know, as it does by default."""
    rows = frame.to_pandas()
    assert judge(pipeline(estimator).fit(rows[FEATURES], rows["late"])).findings == ()


def test_nulls_that_train_had_are_taken(judge: Judge, frame: pl.DataFrame) -> None:
    """A logistic regression refuses NaN: that matters where train has some, and nowhere else."""
    rows = frame.to_pandas()
    model = pipeline(LogisticRegression(max_iter=2_000)).fit(rows[FEATURES], rows["late"])
    gaps = frame.with_columns(debt=pl.when(pl.col("age") > 85).then(None).otherwise("debt"))
    assert clauses(judge(model, train=gaps)) == {"nulls"}


def test_a_model_that_can_not_be_saved_is_no_model_to_serve(judge: Judge) -> None:
    (finding,) = [each for each in judge(NoPickle("keeps")).findings if each.data["clause"] == "another process"]
    assert "can't be pickled" in finding.message


def test_its_own_example_gets_answers(judge: Judge, tmp_path: Path) -> None:
    """MLflow's split-oriented input example, with a job that the encoder refuses."""

    class Picky(Broken):
        def keeps(self, rows: Rows) -> Scores:
            if "astronaut" in set(rows["job"]):
                raise ValueError("unknown job")
            return sound(rows)

    example = {"columns": FEATURES, "data": [[50_000.0, 100.0, 40, "astronaut"]]}
    (tmp_path / "input_example.json").write_text(json.dumps(example))
    found = judge(Picky("keeps"), path=tmp_path)
    assert "input example" in clauses(found)
    example["data"] = [[50_000.0, 100.0, 40, "clerk"]]
    (tmp_path / "input_example.json").write_text(json.dumps(example))
    assert "input example" not in clauses(judge(Picky("keeps"), path=tmp_path))


def test_findings_say_what_happened(judge: Judge) -> None:
    found: Finding = judge(Broken("writes")).findings[0]
    assert found.message == "input: it changes its input: income."


def test_jobs_and_threads_are_set_and_set_back(frame: pl.DataFrame) -> None:
    """A forest of four jobs is asked with two: joblib sees two, and the forest has four afterwards."""
    rows = frame.to_pandas()[["income", "debt", "age"]]
    forest = RandomForestClassifier(5, n_jobs=4, random_state=0).fit(rows, frame.to_pandas()["late"])
    model = EstimatorModel(forest)
    with running(model, 1, 2):
        assert (forest.n_jobs, effective_n_jobs(None)) == (2, 2)
    assert (forest.n_jobs, effective_n_jobs(None)) == (4, 1)
