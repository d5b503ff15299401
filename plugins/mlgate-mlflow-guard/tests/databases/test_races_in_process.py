"""Eight processes promote different versions at once, each with a guarded store of its own and no server: one wins."""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mlflow.entities.model_registry import ModelVersionTag
from mlflow.exceptions import MlflowException
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

from mlgate import (
    AuthorizationKind,
    Ledger,
    Move,
    RegisteredVersion,
    Warrant,
    authorize,
    digest_of_manifest,
    manifest,
    read_chain,
)
from mlgate_mlflow_guard.starting import start

pytestmark = pytest.mark.xdist_group("databases")  # PostgreSQL starts once
NAME = "loose-race-in-process"
PROMOTERS = 8
ROUNDS = 3


class Registry:
    """A model in eight versions of a file each, in a database that processes share."""

    def __init__(self, uri: str, keys: Any, folder: Path) -> None:
        self._keys = keys
        self.store = start(uri)
        self.store.create_registered_model(NAME)
        self._moves = {}
        for place in range(PROMOTERS):
            files = folder / f"model-{place}"
            files.mkdir()
            (files / "weights").write_bytes(f"weights {place}".encode())
            made = self.store.create_model_version(NAME, str(files))
            number = str(made.version)
            version = RegisteredVersion(NAME, number, f"models:/{NAME}/{number}", str(made.creation_timestamp))
            self._moves[number] = (version, digest_of_manifest(manifest(files)))
        self.store.engine.dispose()  # a process that is forked must not share a connection

    @property
    def holder(self) -> str | None:
        held = self.store.get_registered_model(NAME).aliases.get("champion")
        return None if held is None else str(held)

    def authorized(self) -> list[str]:
        """Give every version but the holder a valid authorization; their numbers."""
        told = json.loads(self.store.get_registered_model(NAME).tags["mlgate.guard"])
        held = self.holder
        expected = None if held is None else self._moves[held][0]
        generation = told["aliases"].get("champion", {}).get("generation", 0)
        warrant = Warrant(AuthorizationKind.PROMOTION, "ann", {"record": f"sha256:{'0' * 64}"})
        contenders = [number for number in self._moves if number != held]
        for number in contenders:
            version, digest = self._moves[number]
            move = Move(version, "champion", expected, generation, told["registry"])
            document = authorize(move, digest, warrant, [self._keys.signer()]).decode()
            self.store.set_model_version_tag(NAME, number, ModelVersionTag("mlgate.authorization", document))
        return contenders

    def ledger(self) -> Ledger:
        """The whole of it, which holds."""
        found, token = [], None
        while True:
            page = self.store.search_model_versions(f"name = 'mlgate.ledger/{NAME}'", 1000, page_token=token)
            found += [version.tags["mlgate.entry"] for version in page]
            token = page.token
            if not token:
                break
        ledger = read_chain(found, json.loads(self.store.get_registered_model(NAME).tags["mlgate.guard"])["head"])
        assert ledger.broken is None, ledger.broken
        return ledger


@contextmanager
def promoters(uri: str) -> Iterator[Any]:
    """Eight processes with a store each; what is called sets the alias to each number at the same moment."""
    here = multiprocessing.get_context("fork")
    ready, answers = here.Barrier(PROMOTERS), here.Queue()
    boxes = [here.SimpleQueue() for _ in range(PROMOTERS)]

    def promote(box: Any) -> None:
        SqlAlchemyStore._engine_map.clear()
        store = start(uri)
        for number in iter(box.get, ""):
            ready.wait(60)
            if number is not None:
                answers.put((number, _set(store, number)))

    def at_once(numbers: list[str]) -> dict[str, tuple[int, str]]:
        for place, box in enumerate(boxes):
            box.put(numbers[place] if place < len(numbers) else None)
        return dict(answers.get(timeout=120) for _ in numbers)

    children = [here.Process(target=promote, args=(box,), daemon=True) for box in boxes]
    for child in children:
        child.start()
    try:
        yield at_once
    finally:
        for box in boxes:
            box.put("")
        for child in children:
            child.join(30)


def _set(store: Any, number: str) -> tuple[int, str]:
    try:
        store.set_registered_model_alias(NAME, "champion", number)
    except MlflowException as error:
        return error.get_http_status_code(), error.message
    return 200, ""


def test_one_of_eight_wins_each_round(uri: str, keys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each loser is told why, with a status that is not repeated; the chain holds, and no move is lost."""
    monkeypatch.setenv("MLGATE_GUARD", str(keys.configuration))
    monkeypatch.chdir(tmp_path)
    registry = Registry(uri, keys, tmp_path)
    winners: list[str] = []
    with promoters(uri) as at_once:
        for _ in range(ROUNDS):
            contenders = registry.authorized()
            answers = at_once(contenders)
            assert Counter(status for status, _ in answers.values()) == {200: 1, 409: len(contenders) - 1}, answers
            assert all("refused this (holder)" in said for status, said in answers.values() if status == 409)
            (winner,) = (number for number, (status, _) in answers.items() if status == 200)
            assert registry.holder == winner
            winners.append(winner)
    moves = [entry for entry in registry.ledger().entries if entry.moves]
    assert [entry.version for entry in moves] == winners
    assert [entry.generation for entry in moves] == list(range(1, ROUNDS + 1))
    assert [entry.moved_from for entry in moves] == [None, *winners[:-1]]
    registry.store.engine.dispose()
