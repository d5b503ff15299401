"""A server that is down, slow, out of order, or cut off: bounded, idempotent, and an outcome that is known or said
not to be; and a guard's answers, given by a proxy in front of a real server.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from mlgate import AliasMoved, AuthorizationKind, OutcomeUnknown, PromotionRefused, RegistryError, Warrant, authorize
from mlgate.attestation import generate, signing_key
from mlgate.testing.registries import ALIAS, RegistryCase
from mlgate_mlflow.registry import MlflowRegistry

SET = "POST /api/2.0/mlflow/registered-models/alias"


@dataclass
class Faults:
    """What happens to requests whose path and method contain `where`: `status` instead of an answer, `seconds` of
    silence, `cut` after the server did what it was asked. `counted` are those that were met: after `first` of them
    nothing breaks any more; with `for_good`, everything does from the first of them on.
    """

    url: str = ""
    where: str = "nothing yet"
    status: int | None = None
    body: bytes = b'{"error_code": "INTERNAL_ERROR", "message": "out of order"}'
    seconds: float = 0.0
    cut: bool = False
    first: int = 1_000
    for_good: bool = False
    counted: int = 0
    seen: list[tuple[str, bytes]] = field(default_factory=list)

    def met(self, path: str, method: str) -> bool:
        if self.where not in f"{method} {path}" and not (self.for_good and self.counted):
            return False
        self.counted += 1
        return self.counted <= self.first


@contextmanager
def proxy(target: str) -> Iterator[Faults]:
    """A server on loopback that hands everything on to `target`, but for its faults."""
    faults = Faults()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            faults.seen.append((f"{self.command} {self.path}", body))
            broken = faults.met(self.path, self.command)
            if broken and faults.seconds:
                time.sleep(faults.seconds)
            if broken and faults.status is not None:
                self._answer(faults.status, faults.body, "application/json")
                return
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")
            }
            asked = Request(target + self.path, data=body or None, headers=headers, method=self.command)
            try:
                with urlopen(asked, timeout=60) as answer:
                    told = (answer.status, answer.read(), answer.headers.get("Content-Type", ""))
            except HTTPError as error:
                told = (error.code, error.read(), error.headers.get("Content-Type", ""))
            if broken and faults.cut:
                self.close_connection = True
                return
            self._answer(*told)

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    for method in ("GET", "POST", "PATCH", "DELETE", "PUT"):
        setattr(Handler, f"do_{method}", Handler._any)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    faults.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield faults
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def faults(http_store: Any) -> Iterator[Faults]:
    with proxy(http_store.uri) as made:
        yield made


@pytest.fixture
def case(
    faults: Faults, http_store: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RegistryCase]:
    """A model in two versions, asked for through the proxy; version 1 holds the alias."""
    name = re.sub(r"\W", "-", request.node.name)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", faults.url)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "3")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "0")
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    client = http_store.client
    client.create_registered_model(name)
    for version in ("1", "2"):
        source = client.get_model_version("loan", version).source
        client.create_model_version(name, source=source, model_id=source.removeprefix("models:/"))
    client.set_registered_model_alias(name, ALIAS, "1")
    yield RegistryCase(MlflowRegistry(), name, (f"models:/{name}/1", f"models:/{name}/2"))
    client.delete_registered_model(name)


def holder(http_store: Any, case: RegistryCase) -> str:
    return str(http_store.client.get_registered_model(case.name).aliases[ALIAS])


def asked(faults: Faults) -> int:
    return [path for path, _ in faults.seen].count(SET)


def test_a_connection_cut_after_the_write(case: RegistryCase, faults: Faults, http_store: Any) -> None:
    """Every answer to the write is lost: the alias tells that it moved, and it is written down once."""
    faults.where, faults.cut = SET, True
    case.set(case.move(1))
    assert holder(http_store, case) == "2"
    assert [entry.version for entry in case.entries()] == ["2"]
    assert asked(faults) == 2


def test_a_server_that_is_out_of_order_for_a_moment(case: RegistryCase, faults: Faults, http_store: Any) -> None:
    """One more try, and it is done."""
    faults.where, faults.status, faults.first = SET, 500, 1
    case.set(case.move(1))
    assert holder(http_store, case) == "2"


def test_a_server_that_is_out_of_order(case: RegistryCase, faults: Faults, http_store: Any) -> None:
    """After two tries it is said; the alias tells that it did not move."""
    move = case.move(1)
    faults.where, faults.status = SET, 500
    with pytest.raises(RegistryError) as caught:
        case.set(move)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert caught.value.message.startswith(f"The alias {case.name}@{ALIAS} can't be set: ")
    assert (holder(http_store, case), asked(faults)) == ("1", 2)


def test_a_server_that_dies_after_the_write(case: RegistryCase, faults: Faults, http_store: Any) -> None:
    """Whether it moved can't be known: that is said, with the command that finds out. Then the same again ends well."""
    move = case.move(1)
    faults.where, faults.cut, faults.for_good = SET, True, True
    with pytest.raises(OutcomeUnknown) as caught:
        case.set(move)
    assert f"{case.name}@{ALIAS} was to be set to version 2, and whether it was is not known: " in str(caught.value)
    assert f"Find out with `mlgate history {case.name}`; promoting once more is safe." in str(caught.value)
    faults.cut = False
    case.set(case.move(1))
    assert [entry.version for entry in case.entries()] == ["2"]


def test_a_slow_server(case: RegistryCase, faults: Faults, http_store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait is bounded by the user's own variable, times two tries."""
    move = case.move(1)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    faults.where, faults.seconds, faults.status = SET, 2.0, 503
    with pytest.raises(RegistryError, match="no answer came in time"):
        case.set(move)
    assert holder(http_store, case) == "1"


class TestGuarded:
    """A registered model that says it is guarded; the proxy refuses as the guard does."""

    @pytest.fixture
    def guarded(self, case: RegistryCase, http_store: Any, tmp_path: Path) -> RegistryCase:
        told = {"registry": "bank", "workspace": "credit", "aliases": {ALIAS: {"generation": 4}}, "version": "0.1.0"}
        http_store.client.set_registered_model_tag(case.name, "mlgate.guard", json.dumps(told))
        generate(tmp_path / "key.pem")
        key = signing_key(str(tmp_path / "key.pem"))
        warrant = Warrant(AuthorizationKind.PROMOTION, "ci", {"attestation": f"sha256:{'5c' * 32}"})
        return RegistryCase(
            case.registry, case.name, case.uris, lambda move: authorize(move, f"sha256:{'ab' * 32}", warrant, [key])
        )

    def test_what_it_says_is_believed(self, guarded: RegistryCase) -> None:
        """Its name, its workspace, and how often the alias has moved."""
        known = guarded.registry.capabilities(guarded.name)
        assert (known.registry, known.workspace, known.cas, known.server_enforced, known.keeps_ledger) == (
            *("bank", "credit", True, True, True),
        )
        assert guarded.registry.generation(guarded.name, ALIAS) == 4

    def test_the_authorization_goes_ahead_of_the_move(
        self, guarded: RegistryCase, faults: Faults, http_store: Any
    ) -> None:
        """As a tag of the version; the alias is set once, and nothing is written down from here.

        This guard counts nothing, as a tag that somebody forged: it is said that nobody compared the holder.
        """
        move = guarded.move(1)
        envelope = guarded.authorize(move)
        assert envelope is not None
        with pytest.raises(
            RegistryError, match=f"the guard of {guarded.name} did not count the move. Promote it again"
        ):
            guarded.registry.set_alias(move, guarded.event(move), envelope)
        assert http_store.client.get_model_version(guarded.name, "2").tags["mlgate.authorization"] == envelope.decode()
        assert asked(faults) == 1
        assert not [path for path, _ in faults.seen if "runs/create" in path]

    def test_without_an_authorization_nothing_is_asked(self, guarded: RegistryCase, faults: Faults) -> None:
        """The way out names the key."""
        move = guarded.move(1)
        with pytest.raises(PromotionRefused) as caught:
            guarded.registry.set_alias(move, guarded.event(move), None)
        assert str(caught.value) == (
            f"{guarded.name} is guarded by its server, which compares and writes down signed moves alone. "
            'Name your key: --key, or `sign = "env:NAME"` under [promote].'
        )
        assert asked(faults) == 0

    def test_its_no_is_a_refusal_in_its_words(self, guarded: RegistryCase, faults: Faults, http_store: Any) -> None:
        """Asked once: a no is no fault."""
        faults.where, faults.status = SET, 403
        faults.body = b'{"error_code": "PERMISSION_DENIED", "message": "the verdict is stale; run `mlgate run`"}'
        with pytest.raises(PromotionRefused) as caught:
            guarded.set(guarded.move(1))
        assert str(caught.value) == "the verdict is stale; run `mlgate run`"
        assert (holder(http_store, guarded), asked(faults)) == ("1", 1)

    def test_its_conflict_is_a_lost_race(self, guarded: RegistryCase, faults: Faults) -> None:
        """With the version that holds the alias now."""
        faults.where, faults.status = SET, 409
        faults.body = b'{"error_code": "RESOURCE_CONFLICT", "message": "moved"}'
        with pytest.raises(AliasMoved, match="it is held by version 1"):
            guarded.set(guarded.move(1))

    def test_files_that_changed_are_no_lost_race(self, guarded: RegistryCase, faults: Faults) -> None:
        """Nobody moved the alias, so nobody is told so: the guard's own words are."""
        faults.where, faults.status = SET, 409
        words = "mlgate's guard refused this (files): models:/x/2 was changed meanwhile. Promote it again."
        faults.body = json.dumps({"error_code": "RESOURCE_CONFLICT", "message": words}).encode()
        with pytest.raises(PromotionRefused) as caught:
            guarded.set(guarded.move(1))
        assert (type(caught.value), str(caught.value)) == (PromotionRefused, words)

    @pytest.mark.parametrize("after", [True, False])
    def test_its_database_is_lost(self, guarded: RegistryCase, faults: Faults, http_store: Any, after: bool) -> None:
        """Whether it was done is read from the alias; that it was not is no lost race either."""
        move = guarded.move(1)
        if after:
            http_store.client.set_registered_model_alias(guarded.name, ALIAS, "2")
            told = json.dumps({"registry": "bank", "workspace": "credit", "aliases": {ALIAS: {"generation": 5}}})
            http_store.client.set_registered_model_tag(guarded.name, "mlgate.guard", told)
        faults.where, faults.status = SET, 409
        words = "mlgate's guard refused this (database): whether it was done is not known. Repeat it."
        faults.body = json.dumps({"error_code": "RESOURCE_CONFLICT", "message": words}).encode()
        if after:
            guarded.set(move)
        else:
            with pytest.raises(RegistryError, match="whether it was done is not known"):
                guarded.set(move)

    def test_a_tag_that_no_guard_wrote(self, guarded: RegistryCase, http_store: Any) -> None:
        """Somebody set it by hand: it is said, and nothing is guessed."""
        http_store.client.set_registered_model_tag(guarded.name, "mlgate.guard", "yes")
        with pytest.raises(RegistryError) as caught:
            guarded.registry.capabilities(guarded.name)
        assert str(caught.value) == (
            "The tag mlgate.guard is not what mlgate's guard writes. Is mlgate-mlflow as new as the guard? "
            "If there is none, somebody set that tag: take it away."
        )
