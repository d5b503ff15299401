"""The guard beside MLflow's log-in and workspaces."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from mlgate import UsageError
from mlgate_mlflow_guard.starting import start


@dataclass
class Started:
    """`mlflow server` as a user types it."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> Started:
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urlopen(f"{self.address}/health", timeout=5):
                    return self
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        pytest.fail(f"`mlflow server` did not come up:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """The server and its workers, which are one group of processes."""
        for signal in (SIGTERM, SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)


@contextmanager
def serving(folder: Path, database: str, keys: Any, *options: str, **environment: str) -> Iterator[Started]:
    """A server of one worker on a free port, with the guard in front of its registry."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", database, "--registry-store-uri", f"mlgate:{database}"]
    command += ["--artifacts-destination", str(folder / "kept"), *options]
    settings = {
        **os.environ,
        "MLGATE_GUARD": str(keys.configuration),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        **environment,
    }
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=settings, stdout=log, stderr=log, start_new_session=True)
    server = Started(f"http://127.0.0.1:{port}", process, folder / "server.log")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def place(database: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a database of its own."""
    folder = tmp_path_factory.mktemp("mode")
    shutil.copy(database, folder / "mlflow.db")
    return folder, f"sqlite:///{folder}/mlflow.db"


@pytest.fixture
def logged_in(place: tuple[Path, str], keys: Any, world_of: Any) -> Iterator[Any]:
    """A world on a server that asks for a name and a password."""
    pytest.importorskip("flask_wtf", reason="MLflow's basic-auth comes with mlflow[auth]")
    folder, uri = place
    (folder / "auth.ini").write_text(
        f"[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///{folder}/auth.db\n"
        "admin_username = admin\nadmin_password = a-long-one-of-a-test\n"
    )
    environment = {"MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"), "MLFLOW_FLASK_SERVER_SECRET_KEY": "of-a-test"}
    with serving(folder, uri, keys, "--app-name", "basic-auth", **environment) as server:
        header = f"Basic {base64.b64encode(b'admin:a-long-one-of-a-test').decode()}"
        yield world_of(server.wait(), keys, "clf-auth", headers={"Authorization": header})


def test_who_logged_in_is_written_down(logged_in: Any) -> None:
    """MLflow's own administrator is refused like anybody, by name."""
    world = logged_in
    world.make()
    number = world.add()
    assert world.set(number).status == 403
    assert world.promote(number).status == 200
    assert world_of_strangers(world).set(number).status == 401
    assert [(entry.kind, entry.actor) for entry in world.ledger().entries] == [
        ("refusal", "admin"),
        ("verdict", "admin"),
        ("promotion", "admin, for ann"),
    ]


def world_of_strangers(world: Any) -> Any:
    return type(world)(world.server, world.keys, world.name)


@pytest.fixture
def shared(place: tuple[Path, str], keys: Any, serve: Any, world_of: Any) -> Iterator[tuple[Any, Any]]:
    """One name in two workspaces."""
    folder, uri = place
    named = {"MLFLOW_ENABLE_WORKSPACES": "true", "MLFLOW_WORKSPACE_STORE_URI": f"mlgate:{uri}"}
    with serve(folder, uri, keys, **named) as server:
        worlds = [
            world_of(server, keys, "clf-shared", headers={"X-MLFLOW-WORKSPACE": name}) for name in ("default", "team-b")
        ]
        assert worlds[0].call("POST", "/api/3.0/mlflow/workspaces", {"name": "team-b"}).status in (200, 201)
        yield worlds[0], worlds[1]


def test_an_authorization_is_for_one_workspace(shared: tuple[Any, Any]) -> None:
    """The same name, number and files stand in another one."""
    one, other = shared
    for world in shared:
        world.make()
        world.add()
    assert (one.guard()["workspace"], other.guard()["workspace"]) == ("default", "team-b")
    assert one.promote("1").status == 200
    document = one.authorization(other.move("1", workspace="default"), {"attestation": other.judge("1")})
    other.tag("1", "mlgate.authorization", document)
    answer = other.set("1")
    assert (answer.status, "it is for the workspace 'default'" in answer.said) == (403, True), answer
    assert other.promote("1").status == 200
    assert [world.ledger().entries[-1].workspace for world in shared] == ["default", "team-b"]
    _a_workspace_is_not_deleted_with_what_is_protected(other)


def _a_workspace_is_not_deleted_with_what_is_protected(world: Any) -> None:
    """`SET_DEFAULT` would carry the alias into another workspace, `CASCADE` would delete its holder."""
    for mode in ("SET_DEFAULT", "CASCADE"):
        answer = world.call("DELETE", f"/api/3.0/mlflow/workspaces/team-b?mode={mode}")
        assert (answer.status, answer.said.partition(":")[0]) == (403, "mlgate's guard refused this (workspace)"), (
            answer
        )
    assert world.holder() == "1"
    refusals = [entry for entry in world.ledger().entries if entry.kind == "refusal"][-2:]
    assert {(entry.workspace, entry.model) for entry in refusals} == {("team-b", "clf-shared")}
    answer = world.call("DELETE", "/api/3.0/mlflow/workspaces/team-b?mode=RESTRICT")
    assert (answer.status, "still contains" in answer.said) == (403, False)
    free = type(world)(world.server, world.keys, "free", headers={"X-MLFLOW-WORKSPACE": "team-c"})
    world.call("POST", "/api/3.0/mlflow/workspaces", {"name": "team-c"})
    free.make()
    free.add()
    assert free.set("1").status == 200
    answer = world.call("DELETE", "/api/3.0/mlflow/workspaces/team-c?mode=RESTRICT")
    assert (answer.status, "still contains" in answer.said) == (409, True), answer
    assert world.call("DELETE", "/api/3.0/mlflow/workspaces/team-c?mode=CASCADE").status == 204


def test_workspaces_that_are_not_guarded(place: tuple[Path, str], keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are a way around, so the server does not start."""
    monkeypatch.setenv("MLFLOW_ENABLE_WORKSPACES", "true")
    monkeypatch.setenv("MLGATE_GUARD", str(keys.configuration))
    for uri in ("", place[1]):
        monkeypatch.setenv("MLFLOW_WORKSPACE_STORE_URI", uri)
        with pytest.raises(UsageError, match="with workspaces it has to guard those too"):
            start(place[1])
