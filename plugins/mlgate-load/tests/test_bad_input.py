"""What a person gets wrong is told in a sentence with the way out, before any load."""

from __future__ import annotations

import os
import ssl
import subprocess
from pathlib import Path

import pytest

from mlgate import MlgateError, NotApplicable, UsageError
from mlgate_load.addresses import target_of
from mlgate_load.bench import Bench
from mlgate_load.durations import seconds, size
from mlgate_load.errors import errors
from mlgate_load.latency import latency
from mlgate_load.options import LoadOptions
from mlgate_load.secrets import resolved

from .conftest import Request, Serve, bench_of, quick  # type: ignore[import-not-found]  # pytest makes the package


def refusal(bench: Bench, **options: object) -> str:
    """What `load.latency` says instead of a measurement."""
    with pytest.raises(MlgateError) as told:
        latency(bench, **{"rate": 20.0, "duration": "1s", "warmup": "0s", **options})
    return str(told.value)


def test_a_server_that_wants_to_know_who_asks(bench: Bench, serve: Serve) -> None:
    """401 and the line to write."""
    said = refusal(bench, url=serve(lambda request: request.answer(401, b"{}")).url)
    assert "it wants to know who asks (status 401)" in said
    assert 'headers = { Authorization = "Bearer env:TOKEN" }' in said


def test_a_redirect_is_not_followed(bench: Bench, serve: Serve) -> None:
    """The target is what the user named, or nothing."""
    elsewhere = serve(quick)
    said = refusal(bench, url=serve(lambda request: request.answer(302, b"", Location=elsewhere.url)).url)
    assert f"it sends us elsewhere (status 302 to {elsewhere.url})" in said
    assert elsewhere.count == 0


def test_an_answer_that_is_not_json(bench: Bench, serve: Serve) -> None:
    """A page of HTML is told as such."""
    assert "its answer is not JSON: '<html>'" in refusal(bench, url=serve(lambda r: r.answer(200, b"<html>")).url)


def test_an_answer_that_turns_into_html_under_load_is_an_error(bench: Bench, serve: Serve) -> None:
    """It counts, with its own name."""

    def turning(request: Request) -> None:
        request.answer(200, b"<html>" if request.number % 2 else b"[]")

    def second(request: Request) -> None:
        request.number += 1
        turning(request)

    measured = errors(bench, url=serve(second).url, rate=40.0, duration="1s", warmup="0s")
    assert measured.estimate is not None
    assert measured.estimate.value > 0.3
    assert "answer that is not JSON" in measured.findings[0].message


def test_a_certificate_that_nobody_vouches_for(bench: Bench, serve: Serve, tmp_path: Path) -> None:
    """A TLS error is told with its reason."""
    server = serve(quick)
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "key",
            "-out",
            "cert",
            "-subj",
            "/CN=x",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    said = refusal(bench, url=server.url.replace("http:", "https:"))
    assert "the TLS connection failed: self" in said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("127.0.0.1:80", "is no address of a server"),
        ("ftp://127.0.0.1/", "is no address of a server"),
        ("http://127.0.0.1:port/", "is no address"),
        ("http://me:password@127.0.0.1/", "holds a password"),
        (
            "http://192.0.2.1/invocations",
            'a load test of a stranger\'s server is an attack. If it is yours to load: allow_hosts = ["192.0.2.1"]',
        ),
    ],
)
def test_an_address_that_may_not_be_loaded(url: str, said: str) -> None:
    """Told before anything is sent; a password is not repeated."""
    with pytest.raises(UsageError) as told:
        target_of(url, {}, [])
    assert said in str(told.value)
    assert "me:password" not in str(told.value)


def test_a_host_that_is_listed_may_be_loaded() -> None:
    """And MLflow's path is the default."""
    assert target_of("http://192.0.2.1:5001", {}, ["192.0.2.1"]).url == "http://192.0.2.1:5001/invocations"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"duration": "50"}, 'duration = "50" has no unit. Write it as "30s"'),
        ({"duration": "soon"}, "is not a number with a unit"),
        ({"duration": "0s"}, "leaves no time"),
        ({"duration": "5h"}, "more than four hours"),
        ({"rate": 0.0}, "rate = 0 makes no load"),
        ({"connections": 0}, "connections = 0 makes no load"),
        ({"batch": 0}, "batch = 0 is no row at all"),
        ({"profile": "spike"}, 'profile = "spike" needs a peak'),
        ({"rate": 1e6, "duration": "1h"}, "max_requests allows 200,000"),
        ({"payload": "nowhere.py:make"}, "names no function in a file here"),
        ({"locustfile": "nowhere.py"}, "There is no file"),
        ({"headers": {"Authorization": "env:NOT_SET_ANYWHERE"}}, "NOT_SET_ANYWHERE, which is not set"),
    ],
)
def test_an_option_that_makes_no_load(bench: Bench, serve: Serve, options: dict[str, object], said: str) -> None:
    """Told with its name and value; the server is not asked for a load."""
    server = serve(quick)
    assert said in refusal(bench, url=server.url, **options)
    assert server.count <= 1


def test_sizes_are_read_as_written() -> None:
    """Decimal and binary."""
    assert (size("oversized", "16MB"), size("oversized", "1KiB"), seconds("warmup", "250ms")) == (
        16_000_000,
        1024,
        0.25,
    )


def test_a_header_cannot_be_broken_in_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line break in a variable would add headers of its own."""
    monkeypatch.setenv("ODD", "a\r\nHost: b")
    with pytest.raises(UsageError, match="ODD holds a line break"):
        resolved({"X": "env:ODD"})


def test_without_a_model_and_a_url_there_is_nothing_to_load(bench: Bench) -> None:
    """Skipped, with both ways out."""
    with pytest.raises(NotApplicable, match="neither a url nor a model"):
        latency(bench)


def test_a_url_that_one_check_names_holds_for_the_others(serve: Serve) -> None:
    """With its headers; two different ones are a question."""
    one, two = "http://127.0.0.1:1", "http://127.0.0.1:2"
    with bench_of(planned={"load.latency": {"url": one, "headers": {"A": "b"}}}) as bench:
        settled = bench.settled(LoadOptions())
        assert (settled.url, settled.headers) == (one, {"A": "b"})
    with (
        bench_of(planned={"load.latency": {"url": one}, "load.soak": {"url": two}}) as bench,
        pytest.raises(UsageError),
    ):
        bench.settled(LoadOptions())


def test_a_payload_function_makes_the_body(serve: Serve, tmp_path: Path) -> None:
    """It gets the rows of the batch."""
    (tmp_path / "mine.py").write_text("def make(rows):\n    return {'dataframe_split': {'data': rows * 2}}\n")
    seen = set[int]()

    def counting(request: Request) -> None:
        seen.add(request.rows)
        request.answer()

    with bench_of(folder=tmp_path) as bench:
        errors(bench, url=serve(counting).url, payload="mine.py:make", batch=3, rate=20.0, duration="1s", warmup="0s")
    assert seen == {6}


def test_a_gate_that_is_killed_takes_its_generator_with_it(serve: Serve, tmp_path: Path) -> None:
    """SIGKILL of the parent: no process with our name is left."""
    import signal
    import sys
    import time

    import psutil

    script = (
        "from mlgate_load.bench import Bench\nfrom mlgate.tabular import Columns, Table\nimport polars as pl\n"
        "from mlgate_load.latency import latency\n"
        "b = Bench(test=Table.of(pl.DataFrame({'a': [1.0]})), columns=Columns(), candidate=None, champion=None, "
        "predict=None, folder=None, planned={})\n"
        f"latency(b, url='{serve(quick).url}', duration='60s', rate=5.0)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "TMPDIR": str(tmp_path)}) as parent:
        end = time.monotonic() + 60
        children: list[psutil.Process] = []
        while not children and time.monotonic() < end:
            children = psutil.Process(parent.pid).children(recursive=True)
            time.sleep(0.05)
        time.sleep(1.0)
        parent.send_signal(signal.SIGKILL)
    assert children
    _, left = psutil.wait_procs(children, timeout=10)
    assert not left
