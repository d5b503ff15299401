"""Loads on servers whose behaviour is known: what is measured is what was injected."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

import mlgate_load
from mlgate import CheckError, Measurement
from mlgate_load.arrivals import Spacing
from mlgate_load.bench import Bench, free_port
from mlgate_load.errors import errors
from mlgate_load.generating import Run, generate, new_folder
from mlgate_load.latency import measured as waits
from mlgate_load.measuring.held import held
from mlgate_load.options import LoadOptions
from mlgate_load.plan import Plan, Target
from mlgate_load.samples import Samples

from .conftest import Request, Serve, bench_of, outcome, quick, sleeping  # type: ignore[import-not-found]  # pytest makes the package

QUICK = {"rate": 100.0, "duration": "1500ms", "warmup": "200ms"}


def ms(measurement: Measurement, part: str) -> float:
    return next(each.estimate.value for each in measurement.parts if each.name == part)


def load(bench: Bench, url: str, **options: object) -> Run:
    asked = LoadOptions(url=url, **{**QUICK, **options})  # type: ignore[arg-type]
    with bench.endpoint(asked) as endpoint:
        return bench.load(asked, [endpoint.target])


def test_a_constant_time_is_measured_as_it_is(bench: Bench, serve: Serve) -> None:
    """Twenty milliseconds: none lies below, the shortest just above, and the rate is what was asked for."""
    asked = LoadOptions(url=serve(sleeping(0.02)).url, arrivals=Spacing.EVEN, **QUICK)  # type: ignore[arg-type]
    with bench.endpoint(asked) as endpoint:
        run, _ = bench.shared_load(asked, endpoint)
        again, _ = bench.shared_load(asked, endpoint)
        measured = waits(again, asked)
    assert again is run  # made once for all who ask for the same
    assert ms(measured, "p50") >= 20.0  # a busy machine's own delays come on top, never below
    assert run.samples.n == 150
    assert 0.02 <= run.samples.latency.min() < 0.03  # one of 150 met none
    assert not run.samples.failed.any()


def test_a_stall_is_seen_by_all_who_came_meanwhile(bench: Bench, serve: Serve) -> None:
    """One stall of a second under a lock, at 100 per second, keeps a hundred waiting; a closed loop would see few."""
    import threading

    lock = threading.Lock()

    def stalling(request: Request) -> None:
        with lock:
            if request.number == 60:
                time.sleep(1.0)
        request.answer()

    run = load(bench, serve(stalling).url, connections=16, duration="2s")
    assert (run.samples.latency > 0.25).sum() >= 50
    assert run.samples.latency.max() >= 0.95


def test_a_hung_server_ends_in_bounded_time(bench: Bench, serve: Serve) -> None:
    """Everybody waits for the time-out; nobody is forgotten; the process is gone."""

    def hanging(request: Request) -> None:
        if request.number > 20:
            time.sleep(4)
        else:
            request.answer()

    before = _generators()
    began = time.monotonic()
    run = load(bench, serve(hanging).url, timeout="500ms", connections=8, duration="1500ms", warmup="0s")
    assert time.monotonic() - began < 40
    assert run.samples.failed.sum() > 50
    assert any("no answer in time" in message for _, message in run.messages)
    assert _generators() <= before


def test_two_workers_share_the_load(bench: Bench, serve: Serve) -> None:
    """Locust's master and two workers on loopback: every arrival is sent once, by one of them."""
    run = load(bench, serve(quick).url, workers=2, arrivals="even")
    assert run.samples.n == 150
    assert len(run.cpu) == 2
    assert not run.samples.failed.any()


def test_workers_that_locust_started_elsewhere_share_the_load(bench: Bench, serve: Serve) -> None:
    """`locust --worker`, twice, with our locustfile: they come to the `master` that the gate file names."""
    port = free_port()
    file = Path(str(mlgate_load.__file__)).parent / "generator" / "locustfile.py"
    locust = [sys.executable, "-m", "locust", "--worker", "--locustfile", str(file), "--headless"]
    workers = [
        subprocess.Popen([*locust, "--master-host", "127.0.0.1", "--master-port", str(port)], stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    try:
        run = load(bench, serve(quick).url, workers=2, master=f"127.0.0.1:{port}", arrivals="even")
        assert [worker.wait(20) for worker in workers] == [0, 0]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert run.samples.n == 150
    assert len(run.cpu) == 2
    assert not run.samples.failed.any()


def test_a_locustfile_brings_its_own_users(serve: Serve, tmp_path: Path) -> None:
    """Its requests are recorded exactly; failures that it finds itself count."""
    (tmp_path / "locustfile.py").write_text(
        "from locust import FastHttpUser, constant, task\n\n\n"
        "class Caller(FastHttpUser):\n"
        "    wait_time = constant(0.05)\n\n"
        "    @task\n"
        "    def ask(self):\n"
        "        self.client.post('/mine', json={'a': 1})\n"
    )
    server = serve(sleeping(0.01))
    with bench_of(folder=tmp_path) as bench:
        run = load(bench, server.url, locustfile="locustfile.py", connections=2, warmup="0s", duration="1s")
    assert 10 < run.samples.n < 40
    assert run.samples.latency.min() >= 0.01
    assert not run.samples.failed.any()


def test_a_header_comes_from_the_environment_and_is_never_said(
    bench: Bench, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server sees it; where it repeats it in an error, the finding does not."""
    monkeypatch.setenv("SCORING_TOKEN", "s3cr3t-value")

    def telling(request: Request) -> None:
        said = request.handler.headers["Authorization"]
        request.answer(500 if request.number > 10 else 200, f'{{"you": "{said}"}}'.encode())

    server = serve(telling)
    measured = errors(bench, url=server.url, headers={"Authorization": "Bearer env:SCORING_TOKEN"}, **QUICK)
    assert server.seen[-1]["Authorization"] == "Bearer s3cr3t-value"
    said = " ".join(finding.message for finding in measured.findings)
    assert "[SCORING_TOKEN]" in said
    assert "s3cr3t" not in said


@pytest.mark.parametrize(
    ("lag", "cpu", "unsent"), [(0.04, 0.5, 0), (0.0, 0.95, 0), (0.0, 0.5, 500)], ids=["late", "busy", "starved"]
)
def test_a_rate_that_this_machine_cannot_make_decides_nothing(lag: float, cpu: float, unsent: int) -> None:
    """Sent 40 ms late at the median, from a core that had no more to give, or not sent at all: it says so, and is
    inconclusive."""
    n = 2_000
    zeros = np.zeros(n, dtype=np.int16)
    samples = Samples(
        np.linspace(0, 1, n), np.full(n, 0.05), np.full(n, lag), np.full(n, 200, dtype=np.int32), zeros, zeros
    )
    run = Run(samples, (cpu,), None, (), started=0.0, seconds=1.0, unsent=unsent)
    judged = held(waits(run, LoadOptions()), run)
    assert outcome(judged, at_most={"p99": "1ms"}) == "inconclusive"
    assert any("this machine can't make that rate" in note for note in judged.notes)


def test_a_killed_generator_leaves_what_it_measured(serve: Serve) -> None:
    """The samples until then are read; nothing of a half record is."""
    import threading

    folder = new_folder()
    (folder / "body").write_bytes(b"{}")
    target = Target("http", "127.0.0.1", serve(quick).server_address[1], "/")
    plan = Plan(
        folder=str(folder),
        targets=[target],
        arrivals=[place / 50 for place in range(1000)],
        which=[],
        bodies=[str(folder / "body")],
        content_type="application/json",
        warmup=0.0,
        seconds=20.0,
        connections=4,
        timeout=1.0,
        most_requests=1000,
        own_workers=False,
    )

    def kill() -> None:
        time.sleep(1.0)
        for each in psutil.Process().children():
            if str(folder) in " ".join(each.cmdline()):
                each.kill()

    run = generate(plan, threading.Thread(target=kill).start)
    assert 10 < run.samples.n < 500
    assert run.gave_up == "the load generator was ended before it was through"
    assert run.unsent == 1000 - run.samples.n
    assert run.bottleneck is not None
    assert f"sent {run.samples.n:,} of 1,000 requests" in run.bottleneck
    assert not folder.exists()


def test_nothing_that_was_sent_is_an_error(bench: Bench) -> None:
    """A run without one request says why, and passes nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(CheckError, match="nothing listens there"):
        load(bench, f"http://127.0.0.1:{port}")


def _generators() -> set[int]:
    return {each.pid for each in psutil.Process().children(recursive=True) if "mlgate_load.generator" in each.cmdline()}
