"""A registry that does not answer: one sentence, soon, and never "nobody holds the alias"."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import mlflow
import pytest
from mlflow import environment_variables

from mlgate import RegistryError
from mlgate_mlflow.client import answering
from mlgate_mlflow.opener import MlflowOpener
from mlgate_mlflow.registry import MlflowRegistry

ASKED = "MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI say which one is asked."


@pytest.fixture(autouse=True)
def no_registry_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)


@pytest.fixture
def closed_port() -> Iterator[str]:
    """An address that refuses: its port is taken and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def silent_port() -> Iterator[str]:
    """An address that accepts and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def other_server() -> Iterator[str]:
    """A web server that is no MLflow: it answers 404 in JSON to everything, as many do."""

    class NotFound(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"detail": "Not Found"}'
            self.send_response(404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), NotFound)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def message_of(uri: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    with pytest.raises(RegistryError) as caught:
        MlflowRegistry().holder("loan", "champion")
    return str(caught.value)


def test_nobody_listens(closed_port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address and the variables that set it."""
    assert message_of(closed_port, monkeypatch) == (
        "MLflow's registry does not say who holds loan@champion: the connection was refused. "
        f"Is the server at {closed_port} up? {ASKED}"
    )


def test_nobody_answers(silent_port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own time-out stands."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert message_of(silent_port, monkeypatch) == (
        "MLflow's registry does not say who holds loan@champion: no answer came in time. "
        f"Is the server at {silent_port} up? {ASKED}"
    )


@pytest.mark.parametrize(("patient", "seconds", "retries"), [(False, 6, 1), (True, 60, 2)])
def test_the_bounds_that_mlflow_is_given(
    patient: bool, seconds: int, retries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MLflow alone would try eight times for two minutes each; the user's own variables win."""
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_TIMEOUT", raising=False)
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    with answering("asked", patient=patient):
        assert environment_variables.MLFLOW_HTTP_REQUEST_TIMEOUT.get() == seconds
        assert environment_variables.MLFLOW_HTTP_REQUEST_MAX_RETRIES.get() == retries
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "99")
    with answering("asked", patient=patient):
        assert environment_variables.MLFLOW_HTTP_REQUEST_TIMEOUT.get() == 99


def test_a_server_that_is_no_mlflow(other_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its "not found" is no knowledge about a model: a champion must not be taken for absent."""
    said = message_of(other_server, monkeypatch)
    assert said.startswith("MLflow's registry does not say who holds loan@champion: ")
    assert said.endswith(ASKED)


def test_a_database_that_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow would make it anew, and find it empty."""
    said = message_of(f"sqlite:///{tmp_path}/gone.db", monkeypatch)
    assert said == f"There is no MLflow registry at sqlite:///{tmp_path}/gone.db. {ASKED}"
    assert not (tmp_path / "gone.db").exists()


def test_a_folder_that_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow's older kind of registry, which it would make anew too."""
    said = message_of(f"file://{tmp_path}/mlruns", monkeypatch)
    assert said == f"There is no MLflow registry at file://{tmp_path}/mlruns. {ASKED}"
    assert not (tmp_path / "mlruns").exists()


def test_no_variable_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow's default, a file or a folder in the one you run in, is rarely what was meant."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    place = re.sub(r"^file://|^sqlite:///", "", mlflow.get_tracking_uri())
    assert Path(place).parent == tmp_path
    with pytest.raises(RegistryError) as caught:
        MlflowOpener().locate("models:/loan/1")
    assert str(caught.value) == (
        f"There is no MLflow registry at {mlflow.get_tracking_uri()}. "
        "Neither MLFLOW_TRACKING_URI nor MLFLOW_REGISTRY_URI is set."
    )
    assert not Path(place).exists()


def test_a_password_in_the_address_is_not_printed(closed_port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages end up in logs that many read."""
    said = message_of(closed_port.replace("http://", "http://me:secret@"), monkeypatch)
    assert "secret" not in said
    assert f"Is the server at {closed_port} up?" in said


def test_a_database_of_another_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no database is a sentence too."""
    (tmp_path / "notes.db").write_text("no database")
    said = message_of(f"sqlite:///{tmp_path}/notes.db", monkeypatch)
    assert said.startswith("MLflow's registry does not say who holds loan@champion: ")
    assert said.endswith(f"The registry asked was sqlite:///{tmp_path}/notes.db; {ASKED}")
