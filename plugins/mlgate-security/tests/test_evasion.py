"""`security.evasion` beside what can be computed exactly: the box around a row, a linear model, a stump."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from mlgate import CheckError, Measurement, NotApplicable
from mlgate.tabular import Columns, Predictions, Table, score
from mlgate.testing import measure
from mlgate_security.evasion.check import evasion

Numbers = NDArray[np.float64]
BUDGET = 0.2


@dataclass
class Model:
    """A model of a function from an array (rows, columns) to scores of the class 1, or to classes."""

    of: Callable[[Numbers], Numbers]
    names: tuple[str, ...]
    labels: bool = False
    asked: list[int] = field(default_factory=list)

    @property
    def features(self) -> tuple[str, ...]:
        return self.names

    def __call__(self, table: Table, /) -> Predictions:
        values = table.collect(self.names).to_numpy().astype(float)
        self.asked.append(len(values))
        said = self.of(values)
        return Predictions.labels(said.astype(int)) if self.labels else Predictions.scores(said, (0, 1))


def logistic(weights: Numbers, bias: float) -> Callable[[Numbers], Numbers]:
    """Scores of a linear model."""
    return lambda values: 1 / (1 + np.exp(-(values @ weights + bias)))


def table_of(columns: int, rows: int = 400, seed: int = 1) -> pl.DataFrame:
    """Normal features of unlike spreads, and a label of two classes."""
    draw = np.random.default_rng(seed)
    data = {f"x{place}": draw.normal(place, 10.0**place, rows) for place in range(columns)}
    return pl.DataFrame({**data, "y": draw.integers(0, 2, rows)})


def attacked(model: Model, frame: pl.DataFrame, **options: object) -> Measurement:
    """What the check measures."""
    table = Table.of(frame)
    scored = score(table, Columns(label="y"), None, model(table))
    return measure(evasion, scored_test=scored, predict=model, **{"budget": BUDGET, **options})


def reach(values: Numbers, budget: float = BUDGET) -> tuple[Numbers, Numbers]:
    """How far each value may go down and up: the budget in deviations by quartiles, within what was seen."""
    low, high = np.quantile(values, (0.25, 0.75), axis=0)
    step = budget * (high - low) / 1.349
    return np.minimum(step, values - values.min(axis=0)), np.minimum(step, values.max(axis=0) - values)


def test_on_a_linear_model_it_is_the_closed_form() -> None:
    """A row flips where its margin is less than the sum of weight times reach: the dual norm of the box."""
    frame, weights = table_of(3), np.array([1.0, -0.08, 0.003])
    values = frame.select("x0", "x1", "x2").to_numpy()
    down, up = reach(values)
    logit = values @ weights - 0.1
    most = np.where(weights > 0, down, up) @ np.abs(weights)
    least = np.where(weights > 0, up, down) @ np.abs(weights)
    flips = np.where(logit >= 0, logit - most < 0, logit + least >= 0)
    measured = attacked(Model(logistic(weights, -0.1), ("x0", "x1", "x2")), frame)
    assert measured.estimate is not None
    assert measured.estimate.value == flips.mean()
    assert 0.05 < flips.mean() < 0.5
    wilson = binomtest(int(flips.sum()), len(flips)).proportion_ci(0.95, method="wilson")
    drawn = measured.estimate.interval(0.95)
    assert (drawn.low, drawn.high) == pytest.approx((wilson.low, wilson.high))


@pytest.mark.parametrize("labels", [False, True], ids=["scores", "labels alone"])
def test_on_a_stump_it_is_the_share_within_a_step_of_the_cut(labels: bool) -> None:
    """Scores that stand still between jumps tell no direction; the ends of each column are tried all the same."""
    frame = table_of(2)
    values = frame.select("x0", "x1").to_numpy()
    down, up = reach(values)
    cut = 0.4
    flips = np.where(values[:, 0] > cut, values[:, 0] - down[:, 0] <= cut, values[:, 0] + up[:, 0] > cut)
    low, high = (0.0, 1.0) if labels else (0.1, 0.9)
    model = Model(lambda x: np.where(x[:, 0] > cut, high, low), ("x0", "x1"), labels)
    measured = attacked(model, frame)
    assert measured.estimate is not None
    assert measured.estimate.value == flips.mean()
    assert flips.mean() > 0.05


def test_whole_numbers_move_by_whole_numbers_and_what_is_missing_stays() -> None:
    """A count of 0.3 more is no count; a column that the budget does not move is told."""
    frame = table_of(1).with_columns(
        count=pl.Series(np.arange(400) % 100, dtype=pl.UInt16),
        children=pl.Series(np.arange(400) % 3),
        gap=pl.when(pl.int_range(pl.len()) % 2 == 0).then(None).otherwise(pl.col("x0")),
    )
    seen: list[Numbers] = []

    def of(values: Numbers) -> Numbers:
        seen.append(values)
        return np.full(len(values), 0.2)

    measured = attacked(Model(of, ("count", "children", "gap")), frame, queries=20)
    whole = np.concatenate([part[:, :2] for part in seen])
    assert set(np.unique(whole[:, 0] % 1)) == {0.0}
    assert (whole[:, 0].min(), whole[:, 0].max()) == (0, 99)
    assert all(np.isnan(part[:, 2]).mean() == 0.5 for part in seen)
    assert measured.data["steps"]["count"] == np.floor(BUDGET * 50 / 1.349)  # type: ignore[index,call-overload]
    assert "The budget does not move children." in measured.notes


def test_no_more_is_asked_than_was_allowed_and_the_same_run_measures_the_same() -> None:
    """Points per row times rows; a note says what that left untried."""
    frame, weights = table_of(3), np.array([1.0, -0.08, 0.003])
    first, second = (Model(logistic(weights, 0.0), ("x0", "x1", "x2")) for _ in range(2))
    measured = attacked(first, frame, queries=5, most_rows=100)
    assert sum(first.asked[1:]) == 5 * 100
    assert "5 points of each of 100 rows were asked about (seed 0)." in measured.notes
    assert "5 queries tried 2 of 3 columns one by one." in measured.notes
    assert attacked(second, frame, queries=5, most_rows=100) == measured


def test_of_three_classes_the_margin_is_to_the_next() -> None:
    """A step in the one column that decides between two classes."""
    frame = table_of(2).with_columns(y=pl.int_range(pl.len()) % 3)
    cut = 0.4

    class Three(Model):
        def __call__(self, table: Table, /) -> Predictions:
            x = table.collect(["x0"]).to_series().to_numpy()
            logits = np.stack((np.zeros_like(x), x - cut, np.full_like(x, -9.0)), axis=1)
            shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            return Predictions.scores(shares, (0, 1, 2))

    values = frame.select("x0").to_numpy()
    down, up = (each[:, 0] for each in reach(values))
    x = values[:, 0]
    flips = np.where(x > cut, x - down <= cut, x + up > cut)
    measured = attacked(Three(lambda x: x, ("x0", "x1")), frame)
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(flips.mean(), abs=1e-9)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"features": ("x9",)}, CheckError, "the model reads no numbers in x9. It reads them in x0, x1."),
        ({"budget": 0.0}, CheckError, "`budget` is above 0"),
        ({"budget": float("nan")}, CheckError, "`budget` is above 0"),
        ({"queries": 0}, CheckError, "`queries` and `most_rows` are at least 1"),
        ({"features": ("x1",), "budget": 1e-320}, NotApplicable, "moves none of the columns x1."),
    ],
)
def test_what_cant_be_tried_is_told(options: dict[str, object], error: type[Exception], words: str) -> None:
    """In one sentence."""
    frame = table_of(1).with_columns(x1=pl.lit(7.0))
    with pytest.raises(error) as caught:
        attacked(Model(logistic(np.array([1.0, 0.0]), 0.0), ("x0", "x1")), frame, **options)
    assert words in str(caught.value)
