"""`security.model_leakage` beside closed forms, scipy and scikit-learn; and rows that are shipped with a model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import ks_2samp, norm
from sklearn.ensemble import RandomForestClassifier

from mlgate import Measurement, NotApplicable, Severity
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate.testing import measure
from mlgate_security.membership.attack import attacked, best_threshold
from mlgate_security.membership.check import model_leakage

NAMES = ("age", "income", "region")


def test_of_two_normal_losses_it_is_the_published_advantage() -> None:
    """Losses one deviation apart: the best threshold lies between, and gives 2 Phi(1/2) - 1."""
    draw = np.random.default_rng(0)
    estimate = attacked(draw.normal(0, 1, 40_000), draw.normal(1, 1, 40_000)).advantage
    assert estimate.value == pytest.approx(2 * norm.cdf(0.5) - 1, abs=0.01)
    assert estimate.n == 80_000


def test_without_leakage_the_interval_holds_0_where_the_largest_difference_lies_above_it() -> None:
    """300 pairs of tables of 100 rows from one distribution: what a search over thresholds finds there is chance."""
    draw = np.random.default_rng(1)
    held, found, searched = 0, [], []
    for _ in range(300):
        members, others = draw.exponential(size=100), draw.exponential(size=100)
        estimate = attacked(members, others).advantage
        interval = estimate.interval(0.95)
        held += interval.low <= 0 <= interval.high
        found.append(estimate.value)
        searched.append(ks_2samp(members, others, alternative="greater").statistic)
    assert held / 300 > 0.92
    assert abs(float(np.mean(found))) < 0.02
    assert float(np.mean(searched)) > 0.06


def test_the_threshold_is_that_of_kolmogorov_and_smirnov() -> None:
    """scipy names the place of the largest difference; ties are taken whole."""
    draw = np.random.default_rng(2)
    members, others = draw.integers(0, 9, 200) / 8, draw.integers(1, 12, 300) / 8
    theirs = ks_2samp(members, others, alternative="greater")
    threshold = best_threshold(members, others)
    assert threshold == theirs.statistic_location
    assert (members <= threshold).mean() - (others <= threshold).mean() == pytest.approx(theirs.statistic)
    assert best_threshold(others, members + 9) == others.max()
    assert best_threshold(np.ones(5), np.zeros(5)) == -np.inf


def frame(rows: int, seed: int) -> pl.DataFrame:
    """People with a label of pure noise."""
    draw = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "age": draw.integers(18, 80, rows),
            "income": draw.normal(40_000, 9_000, rows),
            "region": draw.choice(["north", "south"], rows),
            "y": draw.integers(0, 2, rows),
        }
    )


def scored(data: pl.DataFrame, said: Any, columns: Columns) -> ScoredTable:
    return score(Table.of(data), columns, None, said)


def leaked(candidate: object, columns: Columns | None = None, *, labels: bool = False) -> Measurement:
    """What a forest that knows noise by heart gives away."""
    train, test = frame(300, 0), frame(300, 1)
    forest = RandomForestClassifier(50, random_state=0).fit(train.select("age", "income").to_numpy(), train["y"])

    def said(data: pl.DataFrame) -> Predictions:
        values = data.select("age", "income").to_numpy()
        return (
            Predictions.labels(forest.predict(values))
            if labels
            else Predictions.scores(forest.predict_proba(values), (0, 1))
        )

    given = columns or Columns(label="y")
    return measure(
        model_leakage,
        candidate=candidate,
        scored_test=scored(test, said(test), given),
        scored_train=scored(train, said(train), given),
    )


def test_a_forest_that_learned_noise_by_heart_is_told(model: Callable[..., Any]) -> None:
    """Nothing can be learned from noise, so all that the model knows of training rows is leakage."""
    measured = leaked(model())
    assert measured.estimate is not None
    assert measured.estimate.interval(0.95).low > 0.5
    assert measured.findings == ()


def test_with_labels_alone_it_is_the_gap_of_accuracies(model: Callable[..., Any]) -> None:
    """The first adversary of the paper: right is "trained on". 1 on the training rows, a half on others."""
    measured = leaked(model(), labels=True)
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(0.5, abs=0.1)
    assert measured.data["training_rows"] == 1.0


def test_a_regression_is_attacked_by_its_errors() -> None:
    """Known exactly on the training rows, off by about one on others."""
    draw = np.random.default_rng(0)
    train, test = (pl.DataFrame({"x": draw.normal(size=200), "y": draw.normal(size=200)}) for _ in range(2))
    columns = Columns(label="y")
    measured = measure(
        model_leakage,
        candidate=None,
        scored_test=scored(test, Predictions.numbers(np.zeros(200)), columns),
        scored_train=scored(train, Predictions.numbers(train["y"].to_numpy()), columns),
    )
    assert measured.estimate is not None
    assert measured.estimate.value > 0.95


def test_three_rows_are_no_attack() -> None:
    """Half of them would be one."""
    with pytest.raises(NotApplicable, match="4 training rows and 4 test rows"):
        attacked(np.zeros(3), np.zeros(50))


ROWS = frame(300, 0).head(2)
MADE_UP = {"columns": list(NAMES), "data": [[33, 1234.5, "north"]]}
SPLIT = {"columns": list(NAMES), "data": [list(row) for row in ROWS.select(NAMES).iter_rows()]}


@pytest.mark.parametrize(
    ("example", "rows"),
    [
        (SPLIT, 2),
        ({"dataframe_split": SPLIT}, 2),
        ({"dataframe_records": ROWS.select(NAMES).to_dicts()}, 2),
        (ROWS.select(NAMES).to_dicts(), 2),
        ({"inputs": SPLIT["data"]}, 2),
        (SPLIT["data"], 2),
        ({name: ROWS[name].to_list() for name in NAMES}, 2),
        ({name: dict(enumerate(ROWS[name].to_list())) for name in NAMES}, 2),
        (ROWS.select(NAMES).to_dicts()[0], 1),
        ({"columns": ["income"], "data": [[ROWS["income"][0]], [1.5]]}, 1),
        ({"columns": ["age"], "data": [[30]]}, 0),  # test rows are 30, too
        (MADE_UP, 0),
        ({"columns": ["other"], "data": [[1]]}, 0),
    ],
)
def test_training_rows_in_an_example_are_counted_and_not_shown(
    example: object, rows: int, model: Callable[..., Any]
) -> None:
    """In every form in which MLflow writes one."""
    candidate = model({"input_example.json": json.dumps(example)})
    measured = leaked(candidate, Columns(label="y", sensitive=("region",)))
    assert [each.data["rows"] for each in measured.findings] == ([rows] if rows else [])
    assert all(each.severity is Severity.MEDIUM for each in measured.findings)
    assert str(ROWS["income"][0]) not in repr(measured)


def test_the_file_that_mlmodel_names_is_read_and_one_outside_is_not(model: Callable[..., Any], tmp_path: Path) -> None:
    """A path out of the folder is another check's finding."""
    (tmp_path / "out.json").write_text(json.dumps(SPLIT))
    about = "flavors: {}\nsaved_input_example_info: {artifact_path: mine.json, serving_input_path: ../out.json}\n"
    measured = leaked(model({"MLmodel": about, "mine.json": json.dumps(SPLIT)}))
    (finding,) = measured.findings
    assert finding.location is not None
    assert (finding.location.file, finding.severity) == ("mine.json", Severity.LOW)
    assert finding.message == "2 rows of the training table are shipped as an example."


@pytest.mark.parametrize("text", ["", "[]", "[[1]]", '{"a": [1], "b": [1, 2]}', "[" * 100_000, "3"])
def test_what_holds_no_rows_is_told(text: str, model: Callable[..., Any]) -> None:
    """Not compared is not the same as nothing found."""
    measured = leaked(model({"input_example.json": text}))
    assert measured.notes == ("input_example.json was not compared: it holds no rows of a table.",)
