"""A project with a registry on SQLite, checked out as a job of a CI server finds it, and the witnesses' programs."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest
from tests.ci.composite import Job

ROOT = Path(__file__).resolve().parents[2]
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet", "OMP_NUM_THREADS": "1"}
GATE = """\
version = 1

[candidate]
model = "models:/loans@challenger"

[data]
test = "test.parquet"
label = "late"

[checks."performance.roc_auc"]
at_least = 0.7

[promote]
registry = "mlflow"
alias = "champion"
"""
INPUTS = {"1": ["noise"], "2": ["income", "noise"]}
REGISTER = """
import joblib, mlflow, pandas as pd

rows = pd.read_parquet("test.parquet")
for version, inputs in (("1", ["noise"]), ("2", ["income", "noise"])):
    model = joblib.load(f"model-{version}.joblib")
    with mlflow.start_run():
        mlflow.sklearn.log_model(
            model, name="model", serialization_format="cloudpickle", pip_requirements=["scikit-learn"],
            signature=mlflow.models.infer_signature(rows[inputs], model.predict(rows[inputs])),
            registered_model_name="loans",
        )
mlflow.MlflowClient().set_registered_model_alias("loans", "champion", "1")
mlflow.MlflowClient().set_registered_model_alias("loans", "challenger", "2")
"""


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`checkout` with a gate file, rows and two models: version 2 is good, and version 1 is not."""
    import joblib
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    folder = tmp_path_factory.mktemp("project")
    checkout = folder / "checkout"
    checkout.mkdir()
    draw = np.random.default_rng(8)
    income, noise = draw.normal(size=(2, 3000))
    late = (draw.random(3000) < 1 / (1 + np.exp(-2 * income))).astype(int)
    rows = pd.DataFrame({"income": income, "noise": noise, "late": late})
    rows.to_parquet(checkout / "test.parquet")
    for version, inputs in INPUTS.items():
        joblib.dump(LogisticRegression().fit(rows[inputs], rows["late"]), checkout / f"model-{version}.joblib")
    (checkout / "mlgate.toml").write_text(GATE, encoding="utf-8")
    shutil.copytree(ROOT / "ci", checkout / "ci", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="session")
def denied(project: Path) -> Path:
    """The record of a run that denied version 1."""
    from click.testing import CliRunner

    from mlgate.cli import run_command

    record = project / "denied.json"
    with chdir(project / "checkout"), CliRunner().isolation():
        assert run_command(["run", "--model", "model-1.joblib", f"--report=json={record}"]) == 1
    shutil.rmtree(project / "checkout" / ".mlgate")
    return record


@pytest.fixture
def job(project: Path, tmp_path: Path) -> Job:
    """A new job on a clean checkout."""
    shutil.copytree(project / "checkout", tmp_path / "work")
    (tmp_path / "temp").mkdir()
    return Job(tmp_path / "work", tmp_path / "temp", {**QUIET, "COLUMNS": "200"})


@pytest.fixture
def registry(job: Job, tmp_path: Path) -> Path:
    """MLflow's registry on SQLite, outside of the checkout, with both versions of `loans`."""
    job.environment["MLFLOW_TRACKING_URI"] = f"sqlite:///{tmp_path / 'registry.db'}"
    environment = {**os.environ, **job.environment}
    subprocess.run([sys.executable, "-c", REGISTER], cwd=tmp_path / "work", env=environment, check=True)
    return tmp_path / "registry.db"


@pytest.fixture
def action(job: Job) -> Path:
    """The check action in the job's checkout."""
    return job.workspace / "ci" / "github-action"


@pytest.fixture
def recorder(job: Job, tmp_path: Path) -> Callable[[], list[list[str]]]:
    """Puts a program in mlgate's place that only writes down its words; gives the words of each call."""
    log = tmp_path / "calls"
    script = tmp_path / "bin" / "mlgate"
    script.parent.mkdir()
    script.write_text(f"#!/bin/bash\n(printf '%s\\0' \"$@\"; printf '\\1') >> '{log}'\nexit 9\n", encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    path = os.pathsep.join([str(script.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    job.environment["PATH"] = path

    def calls() -> list[list[str]]:
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        return [call.split("\0")[:-1] for call in text.split("\1")[:-1]]

    return calls


@pytest.fixture
def witness() -> Callable[..., str]:
    """Runs another tool; what it printed. Where it is not installed, the test is skipped, and in CI it fails."""

    def run(*command: str, expect: int = 0) -> str:
        program = shutil.which(command[0], path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
        if program is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{command[0]} is not installed")
        done = subprocess.run(
            [program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run
