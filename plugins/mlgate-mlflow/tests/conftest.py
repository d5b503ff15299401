"""One registry on SQLite and the same over HTTP, each with a few models; both are MLflow's own, nothing is faked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mlgate_mlflow.opener import MlflowOpener

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
FEATURES = ["age", "income"]


@dataclass(frozen=True)
class Server:
    """A server that is coming up."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> None:
        """Until it answers; what it wrote is the message where it does not."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urlopen(f"{self.address}/health", timeout=5):
                    return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        pytest.fail(f"`mlflow server` did not come up:\n{self.log.read_text()[-2000:]}")


@dataclass(frozen=True)
class Store:
    """A registry with what was put into it: the model `loan` in two versions, the first of them `classifier`.

    `run` is the id of the run that logged the first, `logged` the URI of the second before it had a name.
    """

    uri: str
    folder: Path
    frame: pd.DataFrame
    classifier: LogisticRegression
    run: str
    logged: str

    @property
    def client(self) -> Any:
        from mlflow import MlflowClient

        return MlflowClient(self.uri)


@pytest.fixture(autouse=True)
def folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow leaves databases and folders where it runs."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    """100 people with a label `y`."""
    random = np.random.default_rng(3)
    age = random.integers(18, 90, 100)
    return pd.DataFrame({"age": age, "income": random.normal(30.0, 5.0, 100), "y": (age > 50).astype(int)})


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of MLflow; making one takes seconds, copying it none."""
    import mlflow

    folder = tmp_path_factory.mktemp("empty")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db").search_experiments()
    return folder / "mlflow.db"


@pytest.fixture(scope="session")
def server(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """MLflow's own server, which keeps the artifacts too; it comes up while other tests run."""
    folder = tmp_path_factory.mktemp("http")
    shutil.copy(database, folder / "mlflow.db")
    port = _free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "kept")]
    with (folder / "server.log").open("wb") as log:
        environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    yield Server(f"http://127.0.0.1:{port}", process, folder / "server.log")
    _stop(process)


@pytest.fixture(scope="session")
def sqlite_store(database: Path, tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame) -> Store:
    """A registry in a SQLite file, its artifacts in a folder beside it."""
    folder = tmp_path_factory.mktemp("sqlite")
    shutil.copy(database, folder / "mlflow.db")
    return _filled(f"sqlite:///{folder}/mlflow.db", folder, frame, artifacts=str(folder / "artifacts"))


@pytest.fixture(scope="session")
def http_store(server: Server, frame: pd.DataFrame) -> Store:
    """The same registry over HTTP."""
    server.wait()
    return _filled(server.address, server.log.parent, frame, artifacts=None)


@pytest.fixture(scope="session", params=["sqlite", "http"])
def each_store(request: pytest.FixtureRequest, server: Server) -> Store:
    """Each of the two registries; pytest runs all tests of the first, then all of the second."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def store(each_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Each of the two registries, set as users set theirs."""
    return _used(each_store, monkeypatch)


@pytest.fixture
def local(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The registry on SQLite alone, for what does not depend on the transport."""
    return _used(sqlite_store, monkeypatch)


@pytest.fixture
def opener() -> MlflowOpener:
    return MlflowOpener()


def _used(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """As users name it, from a folder of its own: MLflow puts the files of a new experiment into the working folder."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store.uri)
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    monkeypatch.chdir(store.folder)
    return store


def _filled(uri: str, folder: Path, frame: pd.DataFrame, *, artifacts: str | None) -> Store:
    """`loan` in two versions, one logged in a run and one without; `champion` is the first."""
    import mlflow

    first, second = (LogisticRegression(C=c, max_iter=1000).fit(frame[FEATURES], frame["y"]) for c in (1.0, 0.1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", uri)
        patch.chdir(folder)
        mlflow.set_experiment(experiment_id=mlflow.create_experiment("loans", artifact_location=artifacts))
        with mlflow.start_run() as run:
            _register(first, frame)
        _register(second, frame)
        client = mlflow.MlflowClient()
        client.set_registered_model_alias("loan", "champion", "1")
        logged = client.get_model_version("loan", "2").source
    return Store(uri, folder, frame, first, run.info.run_id, logged)


def _register(model: LogisticRegression, frame: pd.DataFrame) -> None:
    import mlflow

    signature = mlflow.models.infer_signature(frame[FEATURES], model.predict(frame[FEATURES]))
    mlflow.sklearn.log_model(
        model, name="model", signature=signature, registered_model_name="loan", pip_requirements=["scikit-learn"]
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _stop(server: subprocess.Popen[bytes]) -> None:
    """The server and its worker, which are one group of processes."""
    for signal in (SIGTERM, SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal)
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
