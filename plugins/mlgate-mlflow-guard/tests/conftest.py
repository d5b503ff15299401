"""Real MLflow servers with the guard in them, on loopback, and a small world of models over HTTP."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any
from urllib.error import HTTPError, URLError
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


@dataclass
class Server:
    """A server that runs, or ran."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> Server:
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
        self, number: str, name: str | None = None, *, passed: bool = True, key: str = "verdicts", made: str = ""
    ) -> bytes:
        files = self.files(number, name)
        model = name or self.name
        record = records.sample_record()
        subject = ModelSubject(f"models:/{model}/{number}", digest_of_manifest(files), model, number)
        facts = _with(record.facts, candidate=subject, champion=None, started=made or record.facts.started)
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
def serving(folder: Path, database: str, keys: Keys, *options: str, **environment: str) -> Iterator[Server]:
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
    server = Server(f"http://127.0.0.1:{port}", process, folder / "server.log")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def server(database: Path, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The guarded server on SQLite that most tests share."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copy(database, folder / "mlflow.db")
    with serving(folder, f"sqlite:///{folder}/mlflow.db", keys) as running:
        yield running.wait()


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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of these tests' own; its URI."""
    if _program("initdb") is None or _program("postgres") is None:
        pytest.skip(
            "PostgreSQL is not installed: there is no initdb or no postgres on the PATH or where Debian puts it"
        )
    pytest.importorskip("psycopg2", reason="the driver comes with mlgate-mlflow-guard[postgresql]")
    with running_postgresql() as uri:
        yield uri


@contextmanager
def running_postgresql() -> Iterator[str]:
    """A database on a socket in a private folder, run by somebody without privileges, stopped by its own handle."""
    folder = Path(
        "/tmp", f"mlgate-pg-{os.getpid()}"
    )  # a socket's path may have 100 characters, and pytest's are longer
    folder.mkdir(mode=0o700)
    who = _unprivileged(folder)
    data, log = str(folder / "data"), (folder / "log").open("wb")
    subprocess.run(
        [_program("initdb") or "initdb", "-D", data, "-U", "guard", "-A", "trust", "--no-sync"],
        check=True,
        capture_output=True,
        cwd="/",
        **who,
    )
    command = [
        _program("postgres") or "postgres",
        "-D",
        data,
        "-k",
        str(folder),
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
    ]
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **who)
    try:
        _wait_for(folder)
        yield f"postgresql+psycopg2://guard@/postgres?host={folder}"
    finally:
        process.terminate()
        process.wait(30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    """Debian keeps the servers of each PostgreSQL off the PATH."""
    debian = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(reversed(debian)))


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait_for(folder: Path) -> None:
    import psycopg2

    for _ in range(300):
        try:
            psycopg2.connect(host=str(folder), user="guard", dbname="postgres").close()
            return
        except psycopg2.OperationalError:
            time.sleep(0.1)
    pytest.fail((folder / "log").read_text())
