"""The guard beside MLflow's log-in and workspaces."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def place(database: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a database of its own."""
    folder = tmp_path_factory.mktemp("mode")
    shutil.copy(database, folder / "mlflow.db")
    return folder, f"sqlite:///{folder}/mlflow.db"


@pytest.fixture
def logged_in(place: tuple[Path, str], keys: Any, serve: Any, world_of: Any) -> Iterator[Any]:
    """A world on a server that asks for a name and a password."""
    pytest.importorskip("flask_wtf", reason="MLflow's basic-auth comes with mlflow[auth]")
    folder, uri = place
    (folder / "auth.ini").write_text(
        f"[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///{folder}/auth.db\n"
        "admin_username = admin\nadmin_password = a-long-one-of-a-test\n"
    )
    environment = {"MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"), "MLFLOW_FLASK_SERVER_SECRET_KEY": "of-a-test"}
    with serve(folder, uri, keys, "--app-name", "basic-auth", **environment) as server:
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
    with serve(folder, uri, keys, "--enable-workspaces") as server:
        worlds = [
            world_of(server.wait(), keys, "clf-shared", headers={"X-MLFLOW-WORKSPACE": name})
            for name in ("default", "team-b")
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
