"""Killed at every step, a database that fails, an MLflow that is another one: closed, and alias and ledger agree."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from mlflow.entities.model_registry import ModelVersionTag, RegisteredModelTag
from mlflow.exceptions import MlflowException
from mlflow.protos import databricks_pb2
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy.exc import OperationalError

from mlgate import AuthorizationKind, Move, RegisteredVersion, UsageError, Warrant, authorize, manifest, read_chain
from mlgate import digest_of_manifest as digest_of
from mlgate_mlflow_guard import books, moving
from mlgate_mlflow_guard.rehearsal import refuse_strange
from mlgate_mlflow_guard.starting import start

NAME = "loose-faults"


@pytest.fixture
def opened(keys: Any, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Opens the guarded store in this process; in it a version that is authorized."""
    monkeypatch.setenv("MLGATE_GUARD", str(keys.configuration))
    shutil.copy(database, tmp_path / "mlflow.db")
    files = tmp_path / "model"
    files.mkdir()
    (files / "weights").write_bytes(b"weights")
    store = _open(tmp_path)
    store.create_registered_model(NAME)
    made = store.create_model_version(NAME, str(files))
    told = json.loads(store.get_registered_model(NAME).tags["mlgate.guard"])
    version = RegisteredVersion(NAME, "1", f"models:/{NAME}/1", str(made.creation_timestamp))
    _authorize(store, Move(version, "champion", None, 0, told["registry"]), files, keys)
    store.engine.dispose()
    return lambda: _open(tmp_path)


def _authorize(store: Any, move: Move, files: Path, keys: Any) -> None:
    warrant = Warrant(AuthorizationKind.PROMOTION, "ann", {"record": "sha256:" + "0" * 64})
    document = authorize(move, digest_of(manifest(files)), warrant, [keys.signer()])
    store.set_model_version_tag(NAME, "1", ModelVersionTag("mlgate.authorization", document.decode()))


def _open(folder: Path) -> Any:
    SqlAlchemyStore._engine_map.clear()  # a process that was forked must not use its parent's connections
    return start(f"sqlite:///{folder}/mlflow.db")


def _state(store: Any) -> tuple[str | None, list[str | None]]:
    """Who holds the alias, and who should by the ledger; the chain holds."""
    version = store.get_registered_model(NAME).aliases.get("champion")
    page = store.search_model_versions(f"name = 'mlgate.ledger/{NAME}'", 1000)
    ledger = read_chain(each.tags["mlgate.entry"] for each in page)
    assert ledger.broken is None
    return None if version is None else str(version), [entry.version for entry in ledger.entries if entry.moves]


def test_a_holder_from_before_the_guard(opened: Callable[[], Any], keys: Any, tmp_path: Path) -> None:
    """The model had its alias first: to promote its holder moves nothing, and is an entry all the same, once."""
    SqlAlchemyStore(f"sqlite:///{tmp_path}/mlflow.db").set_registered_model_alias(NAME, "champion", "1")
    store = opened()
    store.set_registered_model_alias(NAME, "champion", "1")  # what was signed was signed for nobody's alias
    assert _state(store) == ("1", [])
    told = json.loads(store.get_registered_model(NAME).tags["mlgate.guard"])
    created = str(store.get_model_version(NAME, "1").creation_timestamp)
    version = RegisteredVersion(NAME, "1", f"models:/{NAME}/1", created)
    _authorize(store, Move(version, "champion", version, 0, told["registry"]), tmp_path / "model", keys)
    for _ in range(2):
        store.set_registered_model_alias(NAME, "champion", "1")
        assert _state(store) == ("1", ["1"])


@pytest.mark.parametrize(("step", "held"), [("_refuse_other", None), ("_event", None), ("write", None), ("after", "1")])
def test_killed_at_a_step(opened: Callable[[], Any], step: str, held: str | None) -> None:
    """Before the files are read, between the alias and its entry, before the commit, after it."""
    child = os.fork()
    if child == 0:
        _die_at(step)
        opened().set_registered_model_alias(NAME, "champion", "1")
        os.kill(os.getpid(), SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == SIGKILL
    store = opened()
    assert _state(store) == (held, [held] if held else [])
    store.set_registered_model_alias(NAME, "champion", "1")  # whoever repeats it finishes it, once
    assert _state(store) == ("1", ["1"])


def _die_at(step: str) -> None:
    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), SIGKILL)

    if step in ("_refuse_other", "_event"):
        setattr(moving, step, die)
    elif step == "write":
        real = books.write
        books.write = lambda *given: die(real(*given))  # type: ignore[assignment]


def test_a_step_that_fails_takes_everything_back(opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash of ours is a refusal with a status that nobody repeats for minutes."""
    store = opened()
    with monkeypatch.context() as patch:
        patch.setattr(moving, "_event", _crash)
        with pytest.raises(MlflowException, match="could not be decided \\(RuntimeError\\), and nothing was") as caught:
            store.set_registered_model_alias(NAME, "champion", "1")
    assert caught.value.get_http_status_code() == 409
    assert _state(store) == (None, [])


def test_a_database_that_fails(opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow would answer 503, which its client repeats."""
    store = opened()
    with monkeypatch.context() as patch:
        patch.setattr(books, "generation", _locked)
        with pytest.raises(MlflowException) as caught:
            store.set_registered_model_alias(NAME, "champion", "1")
    assert caught.value.get_http_status_code() == 409
    assert _state(store) == (None, [])


def _crash(*_: Any) -> None:
    raise RuntimeError("a mistake of ours")


def _locked(*_: Any) -> None:
    raise OperationalError("select", {}, Exception("database is locked"))


class _Renamed(SqlAlchemyStore):  # type: ignore[misc]
    def set_registered_model_alias(self, name: str, version: str, alias: str) -> None: ...


class _Closed(SqlAlchemyStore):  # type: ignore[misc]
    def delete_registered_model_alias(self, name: str, alias: str) -> None: ...


class _More(SqlAlchemyStore):  # type: ignore[misc]
    def move_registered_model_alias(self, name: str, alias: str, version: str) -> None: ...


@pytest.mark.parametrize(
    ("base", "told"),
    [
        (_Renamed, "set_registered_model_alias takes name, version, alias"),
        (_Closed, "delete_registered_model_alias opens no session that the guard could hand out"),
        (_More, "move_registered_model_alias is not known"),
    ],
)
def test_an_mlflow_that_is_another_one(base: type, told: str) -> None:
    """Other parameters, another way to the database, one more way to write: each would be a way around."""
    refuse_strange(SqlAlchemyStore)
    with pytest.raises(UsageError, match=told):
        refuse_strange(base)


def test_a_database_that_is_not_guarded() -> None:
    """Only what was tried."""
    with pytest.raises(UsageError, match="it guards registries in sqlite and postgresql, and not in mysql"):
        start("mysql://somewhere/mlflow")


def test_a_model_that_nobody_protects_gets_mlflows_own_answers(
    opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """MLflow answers a busy database with 503, which its client repeats: a free name must not lose that."""
    store = opened()
    store.create_registered_model("free")
    tag = RegisteredModelTag("owner", "ann")
    calls: list[Callable[[], Any]] = [
        lambda: store.create_registered_model("other"),
        lambda: store.create_model_version("free", "somewhere"),
        lambda: store.set_registered_model_tag("free", tag),
        lambda: store.set_registered_model_alias("free", "champion", "1"),
        lambda: store.set_registered_model_alias(NAME, "challenger", "1"),
        lambda: store.delete_registered_model_alias(NAME, "challenger"),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(store, "ManagedSessionMaker", _busy)
        for call in calls:
            with pytest.raises(MlflowException) as caught:
                call()
            assert (caught.value.error_code, caught.value.get_http_status_code()) == ("TEMPORARILY_UNAVAILABLE", 503)


def _busy(**_: Any) -> Any:
    raise MlflowException("database is locked", error_code=databricks_pb2.TEMPORARILY_UNAVAILABLE)


@pytest.mark.parametrize("done", [True, False])
def test_a_line_that_is_cut_while_it_commits(
    opened: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """Nobody knows what became of it, so that is what is said; whoever repeats it finishes it, once."""
    store = opened()
    commit = store.engine.dialect.do_commit

    def cut(connection: Any) -> None:
        written = connection.execute("SELECT count(*) FROM registered_model_aliases").fetchone()[0]
        if done or not written:
            commit(connection)
        if not written:
            return
        raise sqlite3.OperationalError("the line was cut")

    with monkeypatch.context() as patch:
        patch.setattr(store.engine.dialect, "do_commit", cut)
        patch.setattr(store.engine.dialect, "is_disconnect", lambda *_: True)
        with pytest.raises(MlflowException, match="whether it was done is not known") as caught:
            store.set_registered_model_alias(NAME, "champion", "1")
    assert caught.value.get_http_status_code() == 409
    assert _state(opened()) == (("1", ["1"]) if done else (None, []))
    store = opened()
    store.set_registered_model_alias(NAME, "champion", "1")
    assert _state(store) == ("1", ["1"])
