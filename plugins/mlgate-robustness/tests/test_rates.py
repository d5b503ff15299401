"""Smoothness, missing cells, strange values and corruptions, against what arithmetic says of known models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import roc_auc_score

from mlgate import CheckError, GateRequest, Measurement, ModelError, NotApplicable, Severity, run_gate
from mlgate_robustness.laws.corruptions import corruptions
from mlgate_robustness.laws.extrapolate import extrapolate
from mlgate_robustness.laws.missing import missing
from mlgate_robustness.laws.smooth import COPIES, smooth
from mlgate_robustness.laws.unseen_category import unseen_category

Run = Callable[..., Measurement]


def number(rows: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return rows.get_column(name).cast(pl.Float64).to_numpy()


def sound(rows: pl.DataFrame) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(number(rows, "income") / 40_000 - number(rows, "debt") / 10_000)))


def noise_curve(measured: Measurement) -> list[float]:
    """The metric at each severity of noise."""
    data: Any = measured.data
    return [point["value"] for point in data["curve"]["noise"]]


def test_the_share_of_turned_decisions_is_the_normal_distribution_s(run: Run, frame: pl.DataFrame) -> None:
    """A threshold on one column with normal noise: a copy turns with p = Phi(-distance / error)."""
    cut, error = 8_000.0, 500.0

    def step(rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.where(number(rows, "debt") > cut, 0.9, 0.1)

    measured = run(smooth, step, error=0.0, errors={"debt": error})
    once = stats.norm.cdf(-np.abs(frame["debt"].to_numpy() - cut) / error)
    expected = float(np.mean(1 - (1 - once) ** COPIES))
    assert measured.estimate is not None
    spread = np.sqrt(expected * (1 - expected) / frame.height)
    assert abs(measured.estimate.value - expected) < 4 * spread


def test_without_noise_nothing_turns(run: Run) -> None:
    measured = run(smooth, sound, error=0.0)
    assert measured.estimate is not None
    assert measured.estimate.value == 0
    low, high = stats.binomtest(0, 2_000).proportion_ci(0.95, "wilson")
    interval = measured.estimate.interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-9)


def test_a_regression_turns_where_it_moves_by_more_than_is_allowed(run: Run) -> None:
    """A slope of 1: noise of error e moves the answer by e, in units of its own spread."""

    def line(rows: pl.DataFrame) -> NDArray[np.float64]:
        return number(rows, "debt")

    calm = run(smooth, line, regression=True, error=0.0, errors={"debt": 1.0})
    wild = run(smooth, line, regression=True, error=0.0, errors={"debt": 20_000.0})
    assert calm.estimate is not None
    assert wild.estimate is not None
    assert calm.estimate.value == 0
    assert wild.estimate.value > 0.5


def test_missing_cells(run: Run, frame: pl.DataFrame) -> None:
    """By default those columns are tried in which train has gaps; a refusal and too long a move are findings."""

    def imputing(rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.where(rows.get_column("job").is_null().to_numpy(), 0.9, 0.5)

    def strict(rows: pl.DataFrame) -> NDArray[np.float64]:
        if rows.null_count().sum_horizontal()[0]:
            raise ModelError("The model raised ValueError: Input contains NaN.")
        return sound(rows)

    gaps = frame.with_columns(job=pl.when(pl.col("age") > 80).then(None).otherwise("job"))
    assert not run(missing, imputing, train=gaps).findings
    far = run(missing, imputing, train=gaps, by_at_most=0.3).findings
    assert [each.data["column"] for each in far] == ["job"]
    assert far[0].data["moved"] == pytest.approx(0.4)
    refused = run(missing, strict, of=("age", "income")).findings
    assert [each.data["column"] for each in refused] == ["age", "income"]
    with pytest.raises(NotApplicable, match="no missing value"):
        run(missing, sound)


def test_the_gate_file_names_columns(frame: pl.DataFrame, tmp_path: Path) -> None:
    """`of` is the check's own option there, and not the rules' word for a part."""
    (tmp_path / "mlgate.toml").write_text('version = 1\n[checks."robustness.missing"]\nof = ["age"]\n')

    def model(rows: pd.DataFrame) -> NDArray[np.float64]:
        return np.where(rows["age"].isna(), 0.9, 0.5)

    request = GateRequest(model=model, tables={"test": frame[:100]}, label="late", only=("robustness.missing",))
    (result,) = run_gate(replace(request, folder=tmp_path)).results
    assert result.run.measurement is not None, result.reason
    assert result.run.measurement.notes == ("Set to null, each by itself: age.",)


def test_unseen_categories(run: Run) -> None:
    """NaN for what is unknown blocks; a refusal is shown; an encoder that ignores it is fine."""
    known = {"baker": 0.1, "clerk": 0.2, "driver": 0.3, "nurse": 0.4}

    def looked_up(rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.asarray(rows.get_column("job").replace_strict(known, default=None, return_dtype=pl.Float64))

    def refusing(rows: pl.DataFrame) -> NDArray[np.float64]:
        scores = looked_up(rows)
        if np.isnan(scores).any():
            raise ModelError("The model raised ValueError: Found unknown categories.")
        return scores

    def lenient(rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.nan_to_num(looked_up(rows), nan=0.5)

    assert [each.severity for each in run(unseen_category, looked_up).findings] == [Severity.HIGH]
    assert [each.severity for each in run(unseen_category, refusing).findings] == [Severity.LOW]
    assert not run(unseen_category, lenient).findings
    assert run(unseen_category, lenient, by_at_most=0.3).findings[0].data["moved"] == pytest.approx(0.4)


def test_extrapolation(run: Run, frame: pl.DataFrame) -> None:
    """A logarithm has no value below zero; a line goes on beyond the range; a step does not."""

    def logarithm(rows: pl.DataFrame) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.log(number(rows, "income")))

    def line(rows: pl.DataFrame) -> NDArray[np.float64]:
        return number(rows, "debt")

    broken = run(extrapolate, logarithm, regression=True).findings
    assert [each.data["column"] for each in broken] == ["income"]
    low, high = frame["income"].min(), frame["income"].max()
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert broken[0].data["value"] == pytest.approx(low - 0.1 * (high - low))
    assert not run(extrapolate, line, regression=True).findings
    assert {each.data["column"] for each in run(extrapolate, line, regression=True, by_at_most=2.0).findings} == {
        "debt"
    }


def test_corruption_curves_end_where_the_metric_does(run: Run, frame: pl.DataFrame) -> None:
    """Near severity 0 the metric is scikit-learn's on the clean rows, and with more noise it only falls."""
    measured = run(corruptions, sound, kinds=("noise",), severities=(1e-9, 0.1, 0.3, 1.0), floor=0.0)
    points = noise_curve(measured)
    assert points[0] == pytest.approx(roc_auc_score(frame["late"], sound(frame)), abs=1e-4)
    assert points == sorted(points, reverse=True)
    assert measured.estimate is not None
    assert measured.estimate.value == 1.0


def test_the_value_is_the_first_severity_below_the_floor(run: Run) -> None:
    curve = noise_curve(run(corruptions, sound, kinds=("noise",), severities=(0.01, 0.1, 0.5, 1.0), floor=0.0))
    between = (curve[1] + curve[2]) / 2
    measured = run(corruptions, sound, kinds=("noise",), severities=(0.01, 0.1, 0.5, 1.0), floor=between)
    assert measured.estimate is not None
    assert measured.estimate.value == 0.5


def test_every_kind_of_corruption_has_a_part(run: Run, frame: pl.DataFrame) -> None:
    gaps = frame.with_columns(age=pl.when(pl.col("age") > 80).then(None).otherwise("age"))
    measured = run(corruptions, sound, train=gaps)
    assert {part.name for part in measured.parts} == {"noise", "rounding", "swapped", "units", "nulls"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kinds": ("rust",)}, "there is no corruption 'rust'"),
        ({"metric": "gini"}, "there is no metric 'gini'"),
    ],
)
def test_what_is_unknown_is_said(run: Run, options: dict[str, object], sentence: str) -> None:
    with pytest.raises(CheckError, match=sentence):
        run(corruptions, sound, **options)
