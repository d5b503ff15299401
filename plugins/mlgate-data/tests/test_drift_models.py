"""`data.prediction_drift` and `data.multivariate_drift`: with real scikit-learn models."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score

from mlgate import Estimate, Measurement, NotApplicable
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate_data.drift.domain import auc_estimate
from mlgate_data.drift.features import drift
from mlgate_data.drift.multivariate import multivariate_drift
from mlgate_data.drift.predictions import prediction_drift
from mlgate_data.engine.data import Data, data_of


def told(found: Measurement, name: str) -> Any:
    """A part of the record's data."""
    return found.data[name]


@dataclass(frozen=True)
class Logged:
    """A candidate with files."""

    path: Path


def logged(folder: Path, *names: str) -> Logged:
    """An MLmodel whose signature has the named columns."""
    inputs = json.dumps([{"name": name, "type": "double", "required": True} for name in names])
    (folder / "MLmodel").write_text(json.dumps({"signature": {"inputs": inputs}}))
    return Logged(folder)


def frame_of(seed: int, rows: int, **shifts: float) -> pl.DataFrame:
    """The label follows `strong` and, a little, `weak`; `idle` is noise."""
    draw = np.random.default_rng(seed)
    frame = {name: draw.normal(shifts.get(name, 0.0), 1, rows) for name in ("strong", "weak", "idle")}
    chance = 1 / (1 + np.exp(1 - 1.5 * frame["strong"] - 0.3 * frame["weak"]))
    return pl.DataFrame({**frame, "y": (draw.random(rows) < chance).astype(int)})


def scored(frame: pl.DataFrame, model: Any) -> ScoredTable:
    features = frame.drop("y").to_numpy()
    if hasattr(model, "predict_proba"):
        said = Predictions.scores(model.predict_proba(features), tuple(model.classes_.tolist()))
    else:
        said = Predictions.numbers(model.predict(features))
    return score(Table.of(frame), Columns(label="y"), None, said)


def tables(train: pl.DataFrame, test: pl.DataFrame) -> Data:
    return data_of(Columns(label="y"), Table.of(test), Table.of(train))


def moved(train: pl.DataFrame, test: pl.DataFrame, model: Any, **options: Any) -> Measurement:
    model.fit(train.drop("y").to_numpy(), train["y"].to_numpy())
    both = {"scored_train": scored(train, model), "scored_test": scored(test, model)}
    return prediction_drift(tables(train, test), **both, **options)


def test_the_column_that_moves_the_predictions_is_named() -> None:
    """Both columns drift alike; the one that the model lives by moves the mean as much as scoring it shifted does."""
    train, test = frame_of(1, 4_000), frame_of(2, 4_000, strong=0.7, idle=0.7)
    model = LogisticRegression()
    found = moved(train, test, model, scores=True)
    effects = {name: each["effect"] for name, each in told(found, "columns").items()}
    only_strong = train.with_columns(pl.col("strong") + 0.7)
    truth = model.predict_proba(only_strong.drop("y").to_numpy())[:, 1].mean()
    before = model.predict_proba(train.drop("y").to_numpy())[:, 1].mean()
    assert effects["strong"] == pytest.approx(truth - before, abs=0.025)
    assert abs(effects["idle"]) < 0.02
    assert next(iter(effects)) == "strong"
    assert ". By column: strong +0." in found.notes[0]
    assert found.estimate is not None
    assert found.estimate.interval(0.95).low > 0.10


def test_predicted_classes_that_stay_pass() -> None:
    """On fresh rows of the same distribution, for a linear model."""
    found = moved(frame_of(1, 3_000), frame_of(2, 3_000), LogisticRegression())
    assert found.estimate is not None
    assert found.estimate.interval(0.95).high < 0.10
    assert abs(found.parts[0].estimate.value) < 0.05


def test_a_regression_is_judged_by_deciles() -> None:
    """Its numbers move with the column."""
    draw = np.random.default_rng(1)
    train = pl.DataFrame({"x": draw.normal(size=2_000)}).with_columns(y=2 * pl.col("x") + 0.37)
    test = (train["x"] + 0.8).to_frame().with_columns(y=2 * pl.col("x") + 0.37)
    found = moved(train, test, LinearRegression())
    assert found.estimate is not None
    assert found.estimate.interval(0.95).low > 0.25
    assert told(found, "columns")["x"]["effect"] == pytest.approx(1.6, abs=0.15)


def test_a_forest_that_knows_its_rows_by_heart_is_no_reference() -> None:
    """It would alarm on clean data: the check is skipped, and says why."""
    draw = np.random.default_rng(1)
    frame = pl.DataFrame({"x": draw.normal(size=1_000), "y": draw.integers(0, 2, 1_000)})
    with pytest.raises(NotApplicable, match="on the rows it learned from: its predictions on them are no reference"):
        moved(frame[:600], frame[600:], RandomForestClassifier(20, random_state=0))
    with pytest.raises(NotApplicable, match="there are no predictions on both tables"):
        prediction_drift(tables(frame, frame))


def test_columns_that_the_model_does_not_read_are_told_and_not_judged(tmp_path: Path) -> None:
    """By the signature that it was logged with."""
    train, test = frame_of(1, 1_000), frame_of(2, 1_000, idle=3.0)
    data = tables(train, test)
    assert drift(data).slices[0].name == "column=idle"
    found = drift(data, candidate=logged(tmp_path, "strong", "weak"))
    assert [each.name for each in found.slices if "idle" in each.name] == []
    assert "Left out (the model does not read it): idle." in found.notes


def test_a_broken_relation_is_seen_where_no_column_moved() -> None:
    """Two columns that went together and now go against each other: each alone is as it was."""
    draw = np.random.default_rng(1)

    def frame(sign: int) -> pl.DataFrame:
        x = draw.normal(size=1_500)
        together = sign * x + 0.5 * draw.normal(size=1_500)
        return pl.DataFrame({"x": x, "together": together, "city": draw.choice(["a", "b"], 1_500)})

    train, test = frame(1), frame(-1)
    assert max(each.estimate.interval(0.95).high for each in drift(tables(train, test)).slices) < 0.05
    found = multivariate_drift(tables(train, test))
    assert found.estimate is not None
    assert found.estimate.interval(0.95).low > 0.8
    assert set(told(found, "falls")) == {"x", "together"}
    assert found.notes[0] == "Measured on 1,500 training rows and 1,500 test rows, drawn at random (seed 0)."


def test_tables_of_one_distribution_are_not_told_apart() -> None:
    """Ten pairs, numbers, texts, gaps and times: none is shown to be above 0.55."""
    for seed in range(10):
        draw = np.random.default_rng(seed)
        frame = pl.DataFrame(
            {
                "x": np.where(draw.random(1_000) < 0.1, np.nan, draw.normal(size=1_000)),
                "text": draw.choice(["a", "b", "c"], 1_000),
                "key": [f"k{place}" for place in range(1_000)],
                "when": np.datetime64("2025-01-01") + draw.integers(0, 300, 1_000),
            }
        )
        found = multivariate_drift(tables(frame[:500], frame[500:]))
        assert found.estimate is not None
        assert found.estimate.interval(0.95).low < 0.55


def test_the_auc_is_scikit_learns() -> None:
    """With ties; a perfect one has an interval, too."""
    draw = np.random.default_rng(1)
    positive, negative = draw.normal(1, 1, 400).round(1), draw.normal(0, 1, 600).round(1)
    truth = np.repeat([1, 0], [400, 600])
    auc = auc_estimate(positive, negative)
    assert auc.value == pytest.approx(roc_auc_score(truth, np.concatenate((positive, negative))), abs=1e-12)
    perfect: Estimate = auc_estimate(np.ones(50), np.zeros(50))
    assert perfect.value == 1
    assert 0.9 < perfect.interval(0.95).low < 1


def test_a_sample_is_drawn_of_large_tables_and_of_many_columns() -> None:
    """The same one each time, and told."""
    draw = np.random.default_rng(1)
    wide = pl.DataFrame(draw.normal(size=(200, 250)), schema=[f"c{place}" for place in range(250)])
    found = multivariate_drift(tables(wide[:100], wide[100:]))
    assert "200 of 250 columns were looked at." in found.notes
    tall = pl.DataFrame({"x": draw.normal(size=5_000)})
    first, second = (multivariate_drift(tables(tall, tall)) for _ in range(2))
    assert first == second
    assert first.notes[0].startswith("Measured on 2,000 training rows")
    with pytest.raises(NotApplicable, match="needs 50 rows of each table"):
        multivariate_drift(tables(tall, tall[:20]))
