"""One registry on SQLite and the same over HTTP, each with a few models; both are MLflow's own, nothing is faked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
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
    """A registry with what was put into it: the URIs of one classifier, `loan`, in two versions."""

    uri: str
    name: str
    frame: pd.DataFrame
    classifier: LogisticRegression
    logged: list[str] = field(default_factory=list)
    run: str = ""

    @property
    def client(self) -> Any:
        from mlflow import MlflowClient

        return MlflowClient(self.uri)

    def log(self, model: Any, name: str, **options: Any) -> str:
        """Log and register a model by MLflow's own means; `models:/name/version`."""
        import mlflow

        options = {"signature": None, "pip_requirements": ["scikit-learn"], **options}
        flavour = options.pop("flavour", mlflow.sklearn)
        key = "python_model" if flavour is mlflow.pyfunc else "sk_model"
        info = flavour.log_model(**{key: model}, name="model", registered_model_name=name, **options)
        return f"models:/{name}/{info.registered_model_version}"


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

    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


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
    return _filled(f"sqlite:///{folder}/mlflow.db", "sqlite", frame, artifacts=str(folder / "artifacts"))


@pytest.fixture(scope="session")
def http_store(server: Server, frame: pd.DataFrame) -> Store:
    """The same registry over HTTP."""
    server.wait()
    return _filled(server.address, "http", frame, artifacts=None)


@pytest.fixture(scope="session", params=["sqlite", "http"])
def each_store(request: pytest.FixtureRequest, server: Server) -> Store:
    """Each of the two registries; pytest runs all tests of the first, then all of the second."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def store(each_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Each of the two registries, set as users set theirs."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", each_store.uri)
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    return each_store


@pytest.fixture
def local(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The registry on SQLite alone, for what does not depend on the transport."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", sqlite_store.uri)
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    return sqlite_store


@pytest.fixture
def opener() -> MlflowOpener:
    return MlflowOpener()


def _filled(uri: str, name: str, frame: pd.DataFrame, *, artifacts: str | None) -> Store:
    """`loan` in two versions: the first by a run, the second by itself; `champion` is the first."""
    import mlflow

    classifier = LogisticRegression(max_iter=1000).fit(frame[FEATURES], frame["y"])
    before = os.environ.get("MLFLOW_TRACKING_URI")
    os.environ["MLFLOW_TRACKING_URI"] = uri
    try:
        mlflow.set_experiment(experiment_id=mlflow.create_experiment(f"loans-{name}", artifact_location=artifacts))
        store = Store(uri, name, frame, classifier)
        signature = mlflow.models.infer_signature(frame[FEATURES], classifier.predict(frame[FEATURES]))
        with mlflow.start_run() as run:
            store.log(classifier, "loan", signature=signature)
        store.log(
            LogisticRegression(C=0.1, max_iter=1000).fit(frame[FEATURES], frame["y"]), "loan", signature=signature
        )
        client = store.client
        client.set_registered_model_alias("loan", "champion", "1")
        store.logged.append(client.get_model_version("loan", "2").source)
        return Store(uri, name, frame, classifier, store.logged, run.info.run_id)
    finally:
        if before is None:
            del os.environ["MLFLOW_TRACKING_URI"]
        else:
            os.environ["MLFLOW_TRACKING_URI"] = before


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _stop(server: subprocess.Popen[bytes]) -> None:
    """The server and its worker, which are one session of processes."""
    os.killpg(server.pid, 15)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, 9)
        server.wait(10)
