"""MLflow's server with the guard in it, on loopback, and a small world of models over HTTP."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from mlgate import (
    Ledger,
    Move,
    RegisteredVersion,
    Warrant,
    authorize,
    digest_of_manifest,
    public_key,
    read_chain,
    signing_key,
)
from mlgate.attestation import attest
from mlgate.attestation.keys import generate
from mlgate.results import Decision, ModelSubject, Verdict
from mlgate.results.record_json import to_json
from mlgate.testing import records

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
CONFIGURATION = """\
version = 1
keys = ["release.pem.pub", "second.pem.pub"]
attestation_keys = ["verdicts.pem.pub"]
max_bytes = 100_000
max_seconds = 20

[[protect]]
models = ["clf-*"]
aliases = ["champion", "contract"]

[[protect]]
models = ["clf-two-*"]
aliases = ["champion"]
threshold = 2

[[protect]]
models = ["clf-aged-*"]
aliases = ["champion"]
max_age = "2h"

[[protect]]
models = ["loose-*"]
aliases = ["champion", "contract"]
require_attestation = false
break_glass = true
stages = []
"""


@dataclass(frozen=True)
class Keys:
    """The folder of the keys and of the configuration."""

    folder: Path

    def signer(self, name: str = "release") -> Any:
        return signing_key(str(self.folder / f"{name}.pem"))

    @property
    def configuration(self) -> Path:
        return self.folder / "guard.toml"


@dataclass(frozen=True)
class Server:
    """A server in a process of its own; `log` lies in its folder."""

    address: str
    log: Path
    pid: int


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    body: dict[str, Any]

    @property
    def said(self) -> str:
        return str(self.body.get("message", ""))


@dataclass
class World:
    """A model in one server, over HTTP and nothing else; `name` is the test's own."""

    server: Server
    keys: Keys
    name: str
    auth: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """One raw request: JSON, or the bytes of a file."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.headers}
        request = Request(f"{self.server.address}{path}", data=data, method=method, headers=headers)
        try:
            with urlopen(request, timeout=60) as reply:
                return Answer(reply.status, _read(reply.read()))
        except HTTPError as error:
            return Answer(error.code, _read(error.read()))

    def api(self, method: str, path: str, **body: Any) -> Answer:
        return self.call(method, f"/api/2.0/mlflow/{path}", body)

    def get(self, path: str, **query: str) -> Answer:
        asked = "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())
        return self.call("GET", f"/api/2.0/mlflow/{path}?{asked}")

    def put(self, path: str, content: bytes) -> Answer:
        """A file, through the artifact proxy."""
        return self.call("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{path}", content)

    def make(self, name: str | None = None) -> None:
        assert self.api("POST", "registered-models/create", name=name or self.name).status == 200

    def add(self, content: bytes = b"weights", name: str | None = None) -> str:
        """A version of two files; its number."""
        model = name or self.name
        run = self.api("POST", "runs/create", experiment_id=self._experiment()).body["run"]["info"]
        folder = f"{run['artifact_uri'].removeprefix('mlflow-artifacts:/')}/model"
        for path, held in {"MLmodel": b"flavors: {}\n", "data/weights": content}.items():
            assert self.put(f"{folder}/{path}", held).status == 200
        return self.add_source(f"mlflow-artifacts:/{folder}", model, run_id=run["run_id"])

    def _experiment(self) -> str:
        """One whose artifacts the server keeps: those of the first one lie where the empty database was made."""
        self.api("POST", "experiments/create", name="served")
        found = self.get("experiments/get-by-name", experiment_name="served")
        return str(found.body["experiment"]["experiment_id"])

    def add_source(self, source: str, name: str | None = None, **more: str) -> str:
        made = self.api("POST", "model-versions/create", name=name or self.name, source=source, **more)
        assert made.status == 200, made
        return str(made.body["model_version"]["version"])

    def files(self, number: str, name: str | None = None) -> dict[str, str]:
        """The manifest of a version as this test reads it, without the product's code for it."""
        import hashlib

        folder = self.version(number, name)["source"].removeprefix("mlflow-artifacts:/")
        root = self.server.log.parent / "kept" / folder
        return {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*")
            if path.is_file()
        }

    def version(self, number: str, name: str | None = None) -> dict[str, Any]:
        found = self.get("model-versions/get", name=name or self.name, version=number)
        return dict(found.body["model_version"])

    def model(self, name: str | None = None) -> dict[str, Any]:
        return dict(self.get("registered-models/get", name=name or self.name).body["registered_model"])

    def guard(self, name: str | None = None) -> dict[str, Any]:
        tags = {tag["key"]: tag["value"] for tag in self.model(name).get("tags", [])}
        return dict(json.loads(tags["mlgate.guard"]))

    def holder(self, alias: str = "champion", name: str | None = None) -> str | None:
        aliases = {each["alias"]: str(each["version"]) for each in self.model(name).get("aliases", [])}
        return aliases.get(alias)

    def registered(self, number: str, name: str | None = None) -> RegisteredVersion:
        model = name or self.name
        created = str(self.version(number, model)["creation_timestamp"])
        return RegisteredVersion(model, number, f"models:/{model}/{number}", created)

    def move(self, number: str, alias: str = "champion", name: str | None = None, **parts: Any) -> Move:
        told, held = self.guard(name), self.holder(alias, name)
        stated = {
            "expected": None if held is None else self.registered(held, name),
            "generation": told["aliases"].get(alias, {}).get("generation", 0),
            "registry": told["registry"],
            "workspace": told["workspace"],
            **parts,
        }
        return Move(self.registered(number, name), alias, **stated)

    def judge(self, number: str, name: str | None = None, *, passed: bool = True, key: str = "verdicts") -> str:
        """Put a signed verdict on the version; its digest."""
        envelope = self.verdict(number, name, passed=passed, key=key)
        assert self.tag(number, "mlgate.attestation", envelope, name).status == 200
        return _sha256(envelope)

    def verdict(
        self,
        number: str,
        name: str | None = None,
        *,
        passed: bool = True,
        key: str = "verdicts",
        made: str = "",
        gate: str | None = None,
    ) -> bytes:
        files = self.files(number, name)
        model = name or self.name
        record = records.sample_record()
        subject = ModelSubject(f"models:/{model}/{number}", digest_of_manifest(files), model, number)
        facts = _with(record.facts, candidate=subject, champion=None, started=made or record.facts.started)
        facts = _with(facts, gate=_with(facts.gate, digest=gate or facts.gate.digest))
        verdict = Verdict(Decision.ALLOWED, ("all is well",), 0) if passed else Verdict(Decision.DENIED, ("no",), 1)
        return attest(to_json(_with(record, facts=facts, verdict=verdict)), files, [self.keys.signer(key)])

    def authorization(
        self, move: Move, evidence: dict[str, str] | None = None, kind: Any = "promotion", **more: Any
    ) -> bytes:
        from mlgate import AuthorizationKind

        signers = [self.keys.signer(each) for each in more.pop("keys", ("release",))]
        digest = more.pop("digest", None) or digest_of_manifest(self.files(move.version.version, move.version.name))
        warrant = Warrant(AuthorizationKind(kind), more.pop("actor", "ann"), evidence or {}, **more)
        return authorize(move, digest, warrant, signers)

    def tag(self, number: str, key: str, value: bytes, name: str | None = None) -> Answer:
        body = {"name": name or self.name, "version": number, "key": key, "value": value.decode()}
        return self.api("POST", "model-versions/set-tag", **body)

    def set(self, number: str, alias: str = "champion", name: str | None = None) -> Answer:
        return self.api("POST", "registered-models/alias", name=name or self.name, alias=alias, version=number)

    def promote(self, number: str, alias: str = "champion", name: str | None = None, **more: Any) -> Answer:
        """Judge, authorize, move."""
        evidence = {"attestation": self.judge(number, name)}
        move = more.pop("move", None) or self.move(number, alias, name)
        assert self.tag(number, "mlgate.authorization", self.authorization(move, evidence, **more), name).status == 200
        return self.set(number, alias, name)

    def documents(self, name: str | None = None) -> list[str]:
        """The ledger as it is stored, page by page."""
        found: list[str] = []
        token = ""
        while True:
            page = self.get(
                "model-versions/search", filter=f"name = 'mlgate.ledger/{name or self.name}'", max_results="3",
                page_token=token,
            ).body  # fmt: skip
            found += [version["tags"][0]["value"] for version in page.get("model_versions", [])]
            token = page.get("next_page_token", "")
            if not token:
                return found

    def ledger(self, name: str | None = None) -> Ledger:
        ledger = read_chain(self.documents(name), self.guard(name)["head"])
        assert ledger.broken is None, ledger.broken
        return ledger

    def refusals(self) -> list[str]:
        return [str(entry.reason) for entry in self.ledger().entries if entry.kind == "refusal"]


def _with(value: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(value, **changes)


def _sha256(document: bytes) -> str:
    import hashlib

    return f"sha256:{hashlib.sha256(document).hexdigest()}"


def _read(content: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(content or b"{}"))
    except ValueError:
        return {"message": content.decode(errors="replace")}


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """The keys and the configuration that every server here has."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("release", "second", "verdicts", "stranger"):
        generate(folder / f"{name}.pem")
        assert public_key(folder / f"{name}.pem.pub").keyid
    (folder / "guard.toml").write_text(CONFIGURATION)
    return Keys(folder)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of MLflow; making one takes seconds, copying it none."""
    import mlflow

    folder = tmp_path_factory.mktemp("empty")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db").search_experiments()
    return folder / "mlflow.db"


@contextmanager
def serving(
    folder: Path,
    database: str,
    keys: Keys,
    *,
    registry: str | None = None,
    first: Callable[[], object] = lambda: None,
    **environment: str,
) -> Iterator[Server]:
    """What `mlflow server` runs, with the guard in front of its registry, and without ten seconds of imports.

    The process is forked from this one, which imported MLflow; `first` happens in it. It listens before it is up, so
    a request waits and needs no second try. `registry` is another URI than the guarded one.
    """
    import mlflow.server.fastapi_app  # noqa: F401  (so that the fork has it)

    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = {"MLGATE_GUARD": str(keys.configuration), **environment}
    uris = (database, registry or f"mlgate:{database}")
    process = multiprocessing.get_context("fork").Process(
        target=_serve, args=(listening, folder, uris, settings, first), daemon=True
    )
    process.start()
    listening.close()
    try:
        yield Server(address, folder / "server.log", process.pid or 0)
    finally:
        process.kill()
        process.join(30)


def _serve(
    listening: socket.socket,
    folder: Path,
    uris: tuple[str, str],
    settings: dict[str, str],
    first: Callable[[], object],
) -> None:
    import uvicorn
    from mlflow.server import constants, fastapi_app
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

    os.chdir(folder)
    log = os.open("server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ |= {
        constants.BACKEND_STORE_URI_ENV_VAR: uris[0],
        constants.REGISTRY_STORE_URI_ENV_VAR: uris[1],
        constants.ARTIFACT_ROOT_ENV_VAR: "mlflow-artifacts:/",
        constants.ARTIFACTS_DESTINATION_ENV_VAR: str(folder / "kept"),
        constants.SERVE_ARTIFACTS_ENV_VAR: "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        **settings,
    }
    SqlAlchemyStore._engine_map.clear()  # a process that was forked must not use its parent's connections
    first()
    uvicorn.Server(uvicorn.Config(fastapi_app.app, log_level="warning")).run(sockets=[listening])


@pytest.fixture(scope="session")
def server(database: Path, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The guarded server on SQLite that most tests share."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copy(database, folder / "mlflow.db")
    with serving(folder, f"sqlite:///{folder}/mlflow.db", keys) as running:
        yield running


@pytest.fixture
def world(server: Server, keys: Keys, request: pytest.FixtureRequest) -> World:
    """A protected model of the test's own, without a version."""
    world = World(server, keys, f"clf-{re.sub(r'[^a-z0-9]+', '-', request.node.name.lower())}{os.urandom(3).hex()}")
    world.make()
    return world


@pytest.fixture(scope="session")
def serve() -> Any:
    """Starts a server of a test's own."""
    return serving


@pytest.fixture(scope="session")
def world_of() -> Any:
    """Makes a world in any server."""
    return World
