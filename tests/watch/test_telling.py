"""Metrics that Prometheus reads, and a webhook that ends: against a server of the standard library."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mlgate.errors import UsageError
from mlgate.testing import sample_record
from mlgate.watch import Look, Metrics, Outcome, Webhook, notify
from mlgate.watch.webhook import NotDelivered

TIME = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
BROKEN = Look(Outcome.BROKEN, "7", TIME, moved_to="5", reasons=("toy.hits: 0.4 is below 0.6",))
LABEL = r'[a-z_]+="(?:[^"\\\n]|\\[\\n"])*"'
SAMPLE = re.compile(rf"(?P<name>[a-z_:][a-z0-9_:]*)(?P<labels>\{{{LABEL}(?:,{LABEL})*\}}) (?P<value>\S+)")


@dataclass
class Receiver:
    """A server that keeps what it gets and answers with the statuses that it is told, the last one for ever."""

    statuses: list[int]
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver([200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = told.statuses.pop(0) if len(told.statuses) > 1 else told.statuses[0]
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", told.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}/retrain"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_receiver_can_make_the_signature_again(receiver: Receiver) -> None:
    """With hmac alone, from the headers and the body."""
    notify(Webhook(receiver.url, b"secret"), "loan", "champion", BROKEN)
    ((headers, body),) = receiver.got
    signed = f"{headers['x-mlgate-delivery']}.{headers['x-mlgate-timestamp']}.".encode() + body
    assert headers["x-mlgate-signature"] == f"v1={hmac.new(b'secret', signed, hashlib.sha256).hexdigest()}"
    assert json.loads(body) == {
        "schema": "mlgate-watch/1",
        "event": "rolled_back",
        "model": "loan",
        "alias": "champion",
        "version": "7",
        "rolled_back_to": "5",
        "time": "2026-11-28T08:00:00Z",
        "run": None,
        "reasons": ["toy.hits: 0.4 is below 0.6"],
        "problem": None,
    }


def test_it_tries_again_under_the_same_delivery(receiver: Receiver) -> None:
    """Busy, cut off, and then taken: the pauses grow, and the receiver sees one delivery."""
    receiver.statuses = [503, 0, 429, 204]
    pauses: list[float] = []
    notify(Webhook(receiver.url), "loan", "champion", BROKEN, sleep=pauses.append)
    assert pauses == [1.0, 2.0, 4.0]
    assert len({headers["x-mlgate-delivery"] for headers, _ in receiver.got}) == 1
    assert all("x-mlgate-signature" not in headers for headers, _ in receiver.got)


@pytest.mark.parametrize(
    ("status", "tries", "said"),
    [(500, 4, "it answered 500"), (404, 1, "it answered 404"), (302, 4, "it answered 302"), (0, 4, "no answer (")],
)
def test_it_ends(receiver: Receiver, status: int, tries: int, said: str) -> None:
    """After four tries; at once where it is our mistake. No redirect is followed."""
    receiver.statuses = [status]
    with pytest.raises(NotDelivered, match=re.escape(said)) as caught:
        notify(Webhook(f"{receiver.url}?token=secret"), "loan", "champion", BROKEN, sleep=lambda seconds: None)
    assert len(receiver.got) == tries
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/x", "loan", "http://"])
def test_only_http_is_an_address(url: str) -> None:
    """Nothing else is opened."""
    with pytest.raises(UsageError, match="is no address to post to"):
        Webhook(url)


def test_the_metrics_are_what_prometheus_reads(tmp_path: Path) -> None:
    """Line by line by the grammar of its text format, whatever stands in a name; counters count."""
    metrics = Metrics(tmp_path / "new" / "mlgate.prom", 'lo"a\\n\n', "champion")
    metrics.write(Look(Outcome.HEALTHY, "7", TIME, sample_record()))
    metrics.write(BROKEN)
    lines = (tmp_path / "new" / "mlgate.prom").read_text(encoding="utf-8").splitlines()
    samples = [SAMPLE.fullmatch(line) for line in lines if not line.startswith("#")]
    assert all(samples), lines
    values = {(found["name"], found["labels"]): float(found["value"]) for found in samples if found}
    label = 'model="lo\\"a\\\\n\\n",alias="champion"'
    assert values["mlgate_watch_healthy", f'{{{label},version="7"}}'] == 0
    assert values["mlgate_watch_looks_total", f'{{{label},outcome="healthy"}}'] == 1
    assert values["mlgate_watch_looks_total", f'{{{label},outcome="broken"}}'] == 1
    assert values["mlgate_watch_rollbacks_total", f"{{{label}}}"] == 1
    assert values["mlgate_watch_last_look_timestamp_seconds", f"{{{label}}}"] == TIME.timestamp()
    types = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {name for name, _ in values} <= types


def test_each_check_is_a_metric(tmp_path: Path) -> None:
    """Its number, and whether a rule of it is broken."""
    record = sample_record()
    Metrics(tmp_path / "m.prom", "loan", "champion").write(Look(Outcome.BROKEN, "7", TIME, record))
    text = (tmp_path / "m.prom").read_text(encoding="utf-8")
    for result in record.results:
        broken = int(result.outcome == "failed")
        told = f'check="{result.check}",level="{result.level}"}} {broken}'
        assert told in text
