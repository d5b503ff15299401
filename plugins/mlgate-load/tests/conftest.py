"""Servers of the standard library whose behaviour is known, and a bench that sends to them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from mlgate import Measurement
from mlgate.rules import parse_rules
from mlgate.rules.accepted import Levels
from mlgate.tabular import Columns, Table
from mlgate_load.bench import Bench

Behaviour = Callable[["Request"], None]


class Request:
    """One request, to be answered by a behaviour."""

    def __init__(self, handler: Handler, number: int, body: bytes) -> None:
        self.handler = handler
        self.number = number
        self.body = body

    def answer(self, status: int = 200, body: bytes = b'{"predictions": [1]}', **headers: str) -> None:
        """Head and body in one write, so that Nagle's algorithm delays nothing."""
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.send_header("Content-Length", str(len(body)))
        self.handler.end_headers()
        self.handler.wfile.write(body)
        self.handler.wfile.flush()

    @property
    def rows(self) -> int:
        return len(json.loads(self.body)["dataframe_split"]["data"])

    def cut(self) -> None:
        """Close the connection without an answer."""
        self.handler.close_connection = True


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.count = 0
        self.lock = threading.Lock()
        self.seen: list[dict[str, str]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A load generator that hangs up is no news."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.lock:
            self.server.count += 1
            number = self.server.count
            self.server.seen.append(dict(self.headers))
        self.server.behaviour(Request(self, number, body))

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None: ...


Serve = Callable[[Behaviour], Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers with a behaviour each; all are stopped by their own handles."""
    started: list[Server] = []

    def start(behaviour: Behaviour) -> Server:
        server = Server(behaviour)
        started.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def quick(request: Request) -> None:
    """Answers at once."""
    request.answer()


def sleeping(seconds: float) -> Behaviour:
    """Answers after a constant time."""

    def behave(request: Request) -> None:
        time.sleep(seconds)
        request.answer()

    return behave


@contextmanager
def bench_of(candidate: Any = None, champion: Any = None, **more: Any) -> Iterator[Bench]:
    """A bench on a table of two features, whose servers end with the block."""
    made = Bench(
        test=Table.of(frame()),
        columns=Columns(label="y"),
        candidate=candidate,
        champion=champion,
        predict=None,
        folder=more.get("folder"),
        planned=more.get("planned", {}),
    )
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    with bench_of() as made:
        yield made


def outcome(measurement: Measurement, **rule: object) -> str:
    """How one rule judges, at 95%."""
    (read,) = parse_rules(rule)
    return str(read.demand.judge(measurement, Levels.of(0.95), "lower").outcome)


@dataclass(frozen=True)
class Candidate:
    """What the core hands over: files that the scan lets pass."""

    path: Path | None

    def admit(self) -> None: ...


@dataclass(frozen=True)
class Rival:
    subject: Candidate | None
    problem: Exception | None = None


def fitted() -> LogisticRegression:
    rows = frame().to_pandas()
    return LogisticRegression().fit(rows[["a", "b"]], rows["y"])


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A joblib file."""
    path = tmp_path_factory.mktemp("model") / "model.joblib"
    joblib.dump(fitted(), path)
    return path


def frame(rows: int = 200) -> pl.DataFrame:
    """Two features and a label, the same each time."""
    numbers = np.random.default_rng(0)
    a, b = numbers.normal(size=rows), numbers.normal(size=rows)
    return pl.DataFrame({"a": a, "b": b, "y": (a + b > 0).astype(int)})
