"""Faults of known size, each found by the check that is there for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import joblib
import pytest

from mlgate_load.bench import Bench
from mlgate_load.consistency import consistency
from mlgate_load.errors import errors
from mlgate_load.latency import latency
from mlgate_load.soak import soak

from .conftest import Candidate, Request, Serve, bench_of, outcome, sleeping  # type: ignore[import-not-found]  # pytest makes the package

DYING = """
import os


class Dying:
    def __init__(self):
        self.asked = 0

    def predict(self, rows):
        self.asked += 1
        if self.asked == 500:
            os._exit(1)
        return [1] * len(rows)
"""


def test_a_p99_four_times_as_long_is_found_by_latency(bench: Bench, serve: Serve) -> None:
    """100 ms for all, and 400 ms for one in 33: p50 does not show it, p99 breaks a bound of twice what it was."""

    def sometimes(request: Request) -> None:
        sleeping(0.4 if request.number % 33 == 0 else 0.1)(request)

    slow = latency(bench, url=serve(sometimes).url, rate=150.0, duration="4s", warmup="0s")
    assert outcome(slow, at_most={"p99": "200ms"}) == "failed"
    assert outcome(slow, at_least={"p50": "300ms"}) == "failed"


def test_two_percent_of_errors_are_found_by_errors(bench: Bench, serve: Serve) -> None:
    """One in 50 is shown to be above 1%, by status and with what the server said."""

    def failing(request: Request) -> None:
        if request.number % 50 == 0:
            request.answer(503, b'{"error": "no worker is free"}')
        else:
            request.answer()

    measured = errors(bench, url=serve(failing).url, rate=120.0, duration="10s", warmup="0s")
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(0.02, abs=0.002)
    assert outcome(measured, at_most=0.01) == "failed"
    (finding,) = measured.findings
    assert "failed with status 503" in finding.message
    assert "no worker is free" in finding.message


def test_a_leak_of_ten_kilobytes_a_request_is_found_by_soak(bench: Bench) -> None:
    """In a server of its own process, watched by its pid."""
    script = [sys.executable, str(Path(__file__).with_name("leaking_server.py")), "10240"]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = f"http://127.0.0.1:{int(process.stdout.readline())}"
            grown = soak(bench, url=url, pid=process.pid, rate=200.0, duration="5s", warmup="0s")
        finally:
            process.kill()
    assert grown.estimate is not None
    assert grown.estimate.interval(0.95).low > 5_000
    assert outcome(grown, at_most="1kB") == "failed"


def test_other_answers_than_the_models_are_found_by_consistency(file: Path, serve: Serve) -> None:
    """A server that always says 1, where the model says 1 to about half of the rows."""
    server = serve(lambda request: request.answer(200, b'{"predictions": [%s]}' % b",".join([b"1"] * request.rows)))
    with bench_of(Candidate(file)) as bench:
        measured = consistency(bench, url=server.url, timeout="20s", start_timeout="180s")
    assert measured.estimate is not None
    assert 0.3 < measured.estimate.value < 0.7
    assert "rows are answered differently by the server" in measured.findings[0].message


def test_a_worker_that_dies_at_its_500th_request_is_found_by_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that ends its process: what came until then is kept, what comes after fails, and nothing is left."""
    (tmp_path / "dying_model.py").write_text(DYING)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    import dying_model  # type: ignore[import-not-found]  # written above

    joblib.dump(dying_model.Dying(), tmp_path / "model.joblib")
    with bench_of(Candidate(tmp_path / "model.joblib")) as bench:
        measured = errors(bench, rate=200.0, duration="20s", warmup="0s", start_timeout="180s")
    assert measured.estimate is not None
    good = measured.estimate.n * (1 - measured.estimate.value)
    assert good == pytest.approx(498, abs=0.5)  # the first was the look before the load
    assert outcome(measured, at_most=0.01) == "failed"
    assert any("no connection" in finding.message for finding in measured.findings)
    assert any("The run ended early: the last" in note for note in measured.notes)
    assert measured.estimate.n < 3000  # of 4,000
