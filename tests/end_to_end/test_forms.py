"""`mlgate run` with no gate file at all: a model and a table in every form that it takes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from mlgate import run_gate
from mlgate.gate import GateRequest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk, Workshop

AUC = "performance.roc_auc"
ON_DISK = {
    "joblib": "candidate.joblib",
    "pickle": "candidate.pkl",
    "skops": "candidate.skops",
    "a folder with an MLmodel": "candidate",
    "a Python factory": "loans:build",
}
FRAMES = {"pandas": pd.read_parquet, "polars": pl.read_parquet, "pyarrow": pq.read_table, "lazy": pl.scan_parquet}


@pytest.fixture(autouse=True)
def nothing_kept(desk: Desk) -> None:
    """Every model is opened, and predicts."""
    shutil.rmtree(desk / ".mlgate")


@pytest.mark.parametrize("model", ON_DISK.values(), ids=ON_DISK)
def test_a_model_on_disk_is_judged(model: str, desk: Desk, workshop: Workshop) -> None:
    """Each form gives the AUC that scikit-learn gives."""
    done = desk.mlgate("run", "--model", model, "--test", "test.parquet", "--label", "late", "--checks", AUC)
    assert desk.result(AUC)["measurement"]["value"] == pytest.approx(workshop.auc, abs=1e-4), done
    assert desk.record()["candidate"]["uri"] == model
    assert "sha256:" in desk.record()["candidate"]["digest"]


@pytest.mark.parametrize("form", ["models:/late-loans@challenger", "models:/late-loans/2", "runs:/{run}/model"])
def test_a_model_in_mlflow_is_judged(form: str, desk: Desk, workshop: Workshop, registry: Any) -> None:
    """Registered versions, aliases and runs give the same AUC; the record names what an alias stood for."""
    model = form.format(run=workshop.run_id)
    done = desk.mlgate("run", "--model", model, "--test", "test.parquet", "--label", "late", "--checks", AUC)
    assert desk.result(AUC)["measurement"]["value"] == pytest.approx(workshop.auc, abs=1e-4), done
    version = None if form.startswith("runs:") else "2"
    assert desk.record()["candidate"]["version"] == version


@pytest.mark.parametrize("table", ["test.parquet", "test.csv", "test.jsonl", "parts/part-*.parquet"])
def test_a_table_on_disk_judges(table: str, desk: Desk, workshop: Workshop) -> None:
    """Parquet, CSV, JSON lines and a glob hold the same rows."""
    done = desk.mlgate("run", "--model", "candidate.joblib", "--test", table, "--label", "late", "--checks", AUC)
    assert desk.result(AUC)["measurement"]["value"] == pytest.approx(workshop.auc, abs=1e-4), done
    assert desk.record()["data"]["test"]["rows"] == 3000


@pytest.mark.parametrize("read", FRAMES.values(), ids=FRAMES)
def test_a_frame_in_python_judges(read: Any, desk: Desk, workshop: Workshop) -> None:
    """From Python, whatever frame the user has."""
    request = GateRequest(model="candidate.joblib", tables={"test": read("test.parquet")}, label="late", only=(AUC,))
    measured = run_gate(request).results[0].run.measurement
    assert measured is not None
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(workshop.auc, abs=1e-4)


def test_a_fitted_estimator_in_python_is_judged(desk: Desk, workshop: Workshop) -> None:
    """From Python, the model needs no file either."""
    import joblib

    request = GateRequest(
        model=joblib.load("candidate.joblib"), tables={"test": Path("test.parquet").as_posix()}, label="late"
    )
    record = run_gate(request)
    values = {result.check: result.run.measurement for result in record.results}
    measured = values[AUC]
    assert measured is not None
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(workshop.auc, abs=1e-4)


def test_without_a_gate_file_every_check_that_applies_runs(desk: Desk) -> None:
    """The default rules hold: a good model on enough rows is allowed, and the regression metrics are skipped."""
    done = desk.mlgate(
        *("run", "--model", "candidate.joblib", "--champion", "champion.joblib"),
        *("--train", "train.parquet", "--test", "test.parquet", "--label", "late", "--slice", "region"),
    )
    assert done.code == 0, done
    outcomes = {result["check"]: result["outcome"] for result in desk.record()["results"]}
    held = ("roc_auc", "vs_champion", "baseline", "overfit", "slices", "calibration", "log_loss")
    assert {name: outcomes[f"performance.{name}"] for name in held} == dict.fromkeys(held, "passed")
    assert outcomes["performance.rmse"] == "skipped"
