"""One workshop for all end-to-end tests: a table, three models in every form, and a registry on SQLite."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

INPUTS = {"champion": ["income"], "candidate": ["income", "debt", "tenure"], "worse": ["tenure"]}
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "OMP_NUM_THREADS": "1",
    "COLUMNS": "200",
    "CI": "true",
}
FACTORY = """
import joblib


def build():
    return joblib.load("candidate.joblib")
"""
SOUND = """
from mlgate import Measurement, check


@check("toy.sound", default={"at_least": 1})
def sound():
    '''Needs nothing and passes.'''
    return Measurement.exact(1, n=1)
"""
GATE = """\
version = 1

[candidate]
model = "candidate.joblib"

[champion]
model = "champion.joblib"

[data]
train = "train.parquet"
test = "test.parquet"
label = "late"
slices = ["region"]

[checks."performance.roc_auc"]
at_least = 0.7
"""
FEW = '[policy]\nskip = ["[!p]*", "performance.[!rv]*"]\n'
"""A gate that goes without nearly all checks: its runs take a second, and are whole."""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return (self.out + self.err).splitlines()


@dataclass(frozen=True)
class Workshop:
    """Where everything was made, what the candidate's AUC is by scikit-learn, and the registry's URI."""

    folder: Path
    auc: float
    tracking_uri: str
    run_id: str


class Desk:
    """A folder of one test's own, with the workshop's files in it, in which commands are run."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def mlgate(self, *arguments: str) -> Done:
        """The command line, in this process."""
        from mlgate.cli import run_command

        self._capture.readouterr()
        code = run_command(list(arguments))
        told = self._capture.readouterr()
        return Done(code, told.out, told.err)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """The command line, in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "mlgate", *arguments],
            cwd=self.folder,
            env={**os.environ, **QUIET, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def process(self, *arguments: str, **variables: str) -> Done:
        """The command line, in a process of its own, to its end."""
        started = self.start(*arguments, **variables)
        out, err = started.communicate(timeout=120)
        return Done(started.returncode, out, err)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def gate(self, text: str = GATE, *more: str, few: bool = False) -> None:
        """Write `mlgate.toml`: the one above, or another, and what is added to it; `few` for runs of a second."""
        whole = text + "".join(more)
        self.write("mlgate.toml", whole.replace("version = 1\n", f"version = 1\n{FEW}", 1) if few else whole)

    def judge(self, *, model: str = "candidate.joblib", test: str = "test.parquet") -> Done:
        """Measure the AUC, and beside it a toy check that needs nothing."""
        checks = "performance.roc_auc,toy.sound"
        return self.mlgate("run", "--model", model, "--test", test, "--label", "late", "--checks", checks)

    def told(self) -> str:
        """Why the AUC could not be measured, where it is the one reason and the toy check was measured."""
        (reason,) = self.record()["verdict"]["reasons"]
        assert self.result("toy.sound")["outcome"] == "passed"
        return str(reason).removeprefix("performance.roc_auc: ")

    def records(self) -> list[dict[str, Any]]:
        """The records of all runs in this folder, the oldest first."""
        paths = sorted(self.folder.glob(".mlgate/runs/*/record.json"), key=lambda path: path.stat().st_mtime_ns)
        return [json.loads(path.read_bytes()) for path in paths]

    def record(self) -> dict[str, Any]:
        return self.records()[-1]

    def result(self, check: str) -> dict[str, Any]:
        found = [result for result in self.record()["results"] if result["check"] == check]
        assert len(found) == 1, [result["check"] for result in self.record()["results"]]
        return dict(found[0])


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Three trained models in every form that `--model` takes, and their table in every form that `--test` takes."""
    folder = tmp_path_factory.mktemp("workshop")
    train, test = _people(4000, seed=1), _people(3000, seed=2)
    _save_tables(folder, train, test)
    models = {name: LogisticRegression().fit(train[inputs], train["late"]) for name, inputs in INPUTS.items()}
    _save_models(folder, models)
    uri = f"sqlite:///{folder.as_posix()}/registry/mlflow.db"
    run_id = _register(folder / "registry", uri, models, train)
    _keep_predictions(folder, uri)
    scores = models["candidate"].predict_proba(test[INPUTS["candidate"]])[:, 1]
    return Workshop(folder, float(roc_auc_score(test["late"], scores)), uri, run_id)


def _people(rows: int, *, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    income, debt, tenure = (random.normal(size=rows) for _ in range(3))
    chance = 1 / (1 + np.exp(-(1.5 * income - 1.2 * debt + 0.4 * tenure - 0.5)))
    region = np.where(random.random(rows) < 0.4, "north", "south")
    late = (random.random(rows) < chance).astype(int)
    return pd.DataFrame({"income": income, "debt": debt, "tenure": tenure, "region": region, "late": late})


def _save_tables(folder: Path, train: pd.DataFrame, test: pd.DataFrame) -> None:
    train.to_parquet(folder / "train.parquet", index=False)
    test.to_parquet(folder / "test.parquet", index=False)
    test.head(150).to_parquet(folder / "few.parquet", index=False)
    test.to_csv(folder / "test.csv", index=False)
    test.to_json(folder / "test.jsonl", orient="records", lines=True, double_precision=15)
    (folder / "parts").mkdir()
    for part in range(3):
        test.iloc[part * 1000 : (part + 1) * 1000].to_parquet(folder / "parts" / f"part-{part}.parquet", index=False)


def _save_models(folder: Path, models: dict[str, LogisticRegression]) -> None:
    import joblib
    import mlflow.sklearn
    import skops.io

    for name, model in models.items():
        joblib.dump(model, folder / f"{name}.joblib")
    (folder / "candidate.pkl").write_bytes(pickle.dumps(models["candidate"]))
    skops.io.dump(models["candidate"], folder / "candidate.skops")
    mlflow.sklearn.save_model(models["candidate"], folder / "candidate", pip_requirements=["scikit-learn"])
    (folder / "loans.py").write_text(FACTORY, encoding="utf-8")


def _register(folder: Path, uri: str, models: dict[str, LogisticRegression], train: pd.DataFrame) -> str:
    """Versions 1 (champion), 2 (challenger) and 3 of `late-loans`; the run of version 2."""
    import mlflow
    import mlflow.sklearn

    folder.mkdir()
    client = mlflow.MlflowClient(uri)
    mlflow.set_tracking_uri(uri)
    try:
        experiment = client.create_experiment("loans", artifact_location=(folder / "artifacts").as_uri())
        client.create_registered_model("late-loans")
        runs = [_version(client, experiment, models[name], train[inputs]) for name, inputs in INPUTS.items()]
        client.set_registered_model_alias("late-loans", "champion", "1")
        client.set_registered_model_alias("late-loans", "challenger", "2")
        return runs[1]
    finally:
        mlflow.set_tracking_uri(None)


def _version(client: Any, experiment: str, model: LogisticRegression, rows: pd.DataFrame) -> str:
    import mlflow

    signature = mlflow.models.infer_signature(rows, model.predict(rows))
    with mlflow.start_run(experiment_id=experiment) as run:
        logged = mlflow.sklearn.log_model(model, name="model", signature=signature, pip_requirements=["scikit-learn"])
    client.create_model_version("late-loans", logged.model_uri, run_id=run.info.run_id)
    return str(run.info.run_id)


def _keep_predictions(folder: Path, uri: str) -> None:
    """What the models predict for the test table, in `.mlgate/cache`: opening them takes longer than all that a test
    looks at. `test_forms` opens them for itself."""
    for model, champion in (("candidate.joblib", "champion.joblib"), ("models:/late-loans/2", "models:/late-loans/1")):
        subprocess.run(
            [sys.executable, "-m", "mlgate", "run", "--model", model, "--champion", champion, "--test", "test.parquet",
             "--label", "late", "--checks", "performance.roc_auc", "--no-write-back"],
            cwd=folder, env={**os.environ, **QUIET, "MLFLOW_TRACKING_URI": uri}, check=False, capture_output=True,
        )  # fmt: skip
    assert len(list((folder / ".mlgate" / "cache").glob("*.npz"))) == 4
    for made in (folder / ".mlgate").iterdir():
        if made.name != "cache":
            shutil.rmtree(made) if made.is_dir() else made.unlink()


@pytest.fixture
def desk(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """A desk with every file of the workshop, and the current folder of this process."""
    folder = tmp_path / "desk"
    shutil.copytree(workshop.folder, folder, ignore=shutil.ignore_patterns("registry"))
    monkeypatch.chdir(folder)
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    return Desk(folder, capsys)


@pytest.fixture
def sound(desk: Desk) -> Desk:
    """A desk with a check that needs neither model nor data."""
    desk.write("mlgate_checks.py", SOUND)
    return desk


@pytest.fixture
def registry(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An MLflow client of a copy of the workshop's registry, which the commands of this test use too."""
    import mlflow

    copy = tmp_path / "mlflow.db"
    shutil.copy(workshop.folder / "registry" / "mlflow.db", copy)
    uri = f"sqlite:///{copy.as_posix()}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    yield mlflow.MlflowClient(uri)
    mlflow.set_tracking_uri(None)


@pytest.fixture
def holder(registry: Any) -> Callable[[str], str]:
    """Which version of `late-loans` holds an alias, asked of MLflow itself."""
    return lambda alias: str(registry.get_model_version_by_alias("late-loans", alias).version)
