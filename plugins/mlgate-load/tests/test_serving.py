"""The candidate served on this machine: a bare file by our app, a folder of MLflow's by MLflow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from mlgate import CheckError, Measurement, NoChampion, NotApplicable, UsageError
from mlgate_load.cold_start import cold_start
from mlgate_load.consistency import consistency, same
from mlgate_load.errors import errors
from mlgate_load.failover import failover
from mlgate_load.latency import latency
from mlgate_load.options import TargetOptions
from mlgate_load.payload import payload
from mlgate_load.resources import resources
from mlgate_load.serving.confining import sandbox_said
from mlgate_load.soak import soak
from mlgate_load.throughput import throughput
from mlgate_load.vs_champion import vs_champion

from .conftest import Candidate, Request, Rival, Serve, bench_of, fitted, frame, outcome, quick, sleeping  # type: ignore[import-not-found]  # pytest makes the package


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A model as MLflow saves it."""
    mlflow = pytest.importorskip("mlflow")
    path = tmp_path_factory.mktemp("mlflow") / "model"
    rows = frame().to_pandas()
    signature = mlflow.models.infer_signature(rows[["a", "b"]], rows["y"])
    mlflow.sklearn.save_model(fitted(), path, signature=signature, pip_requirements=["scikit-learn"])
    yield path
    shutil.rmtree(path, ignore_errors=True)


PATIENT: dict[str, Any] = {"start_timeout": "180s", "timeout": "20s"}
LIGHT: dict[str, Any] = {**PATIENT, "rate": 20.0, "duration": "2s", "warmup": "0s"}


def test_a_file_is_served_and_says_what_it_says(file: Path) -> None:
    """Answers are equal, nonsense is refused, the record names the sandbox; afterwards no process is left."""
    with bench_of(Candidate(file)) as bench:
        agreed = consistency(bench, **PATIENT)
        assert agreed.findings == ()
        assert agreed.notes == (sandbox_said(),)
        refused = payload(bench, most_rows=64, oversized="1MB", **PATIENT)
        assert refused.findings == ()
        assert refused.estimate is not None
        assert refused.estimate.value == 64
        with bench.endpoint(TargetOptions()) as endpoint:
            assert endpoint.server is not None
            processes = endpoint.server.tree()
    assert len(processes) == 2
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


def test_every_check_runs_on_a_model_that_mlflow_serves(folder: Path, file: Path) -> None:
    """All ten, on MLflow's own scoring server; beside it the champion, a bare file."""
    with bench_of(Candidate(folder), Rival(Candidate(file))) as bench:
        agreed = consistency(bench, **PATIENT)
        assert (agreed.findings, agreed.estimate and (agreed.estimate.value, agreed.estimate.n)) == ((), (0.0, 200))
        refused = payload(bench, most_rows=32, oversized="1MB", **PATIENT)
        assert [each.message for each in refused.findings if each.severity in ("high", "critical")] == []
        waited, failed = latency(bench, **LIGHT), errors(bench, **LIGHT)
        assert (value(failed), failed.estimate and failed.estimate.n) == (0.0, waited.estimate and waited.estimate.n)
        assert 1 < value(waited) < 20_000
        cost = resources(bench, **{**LIGHT, "rate": 25.0})
        assert 0.1 < value(cost) < 500  # seconds per thousand
        grown = soak(bench, **{**LIGHT, "duration": "5s"})
        assert outcome(grown, at_most="1MB") == "passed"
        assert part(grown, "peak") > 50e6  # Python with MLflow is no less
        rate = throughput(bench, latency="10s", most_steps=1, **{**LIGHT, "rate": 5.0})
        assert value(rate) == 5.0
        against = vs_champion(bench, **{**LIGHT, "rate": 60.0})
        assert 0.2 < value(against) < 50
        start = cold_start(bench, **PATIENT)
        assert value(start) == pytest.approx(part(start, "healthy") + part(start, "first_answer"))
        assert start.estimate is not None
        assert start.estimate.spread is None  # no interval speaks of starts that were not tried
        killed = failover(bench, **{**LIGHT, "duration": "6s"})
        assert value(killed) < 0.5
        assert 0 <= part(killed, "restored") <= 60
    measured = [agreed, refused, waited, failed, cost, grown, rate, against, start, killed]
    assert all(sandbox_said() in each.notes for each in measured)


def value(measurement: Measurement) -> float:
    assert measurement.estimate is not None
    return measurement.estimate.value


def part(measurement: Measurement, name: str) -> float:
    return next(each.estimate.value for each in measurement.parts if each.name == name)


def test_a_worker_that_is_killed_is_replaced(file: Path) -> None:
    """Two workers, one killed: what failed is counted, and both are there again."""
    with bench_of(Candidate(file)) as bench:
        measured = failover(bench, rate=20.0, duration="8s", warmup="0s", **PATIENT)
    assert value(measured) < 0.2
    assert 0 <= part(measured, "restored") < 8  # none, where it was replaced between two looks


def test_numbers_are_equal_or_within_the_tolerance() -> None:
    """Labels are equal or not; a boolean is no number."""
    assert same(0.1, 0.1, 0.0)
    assert not same(0.1, 0.1 + 2e-17 * 2, 0.0)
    assert same(1.0, 1.0 + 1e-9, 1e-6)
    assert same([1, {"a": "x"}], [1.0, {"a": "x"}], 0.0)
    assert not same(True, 1, 0.0)
    assert not same("1", 1, 0.0)


def test_the_slower_of_two_is_found_side_by_side(serve: Serve) -> None:
    """60 ms against 20 ms is a ratio of about three; the same against the same is about one."""
    options: dict[str, Any] = {"rate": 40.0, "duration": "3s", "warmup": "0s"}
    with bench_of() as bench:
        slower = vs_champion(bench, url=serve(sleeping(0.06)).url, champion_url=serve(sleeping(0.02)).url, **options)
        assert slower.estimate is not None
        assert 1.5 < slower.estimate.value < 3.3
        assert slower.comparison is not None
        assert slower.comparison.difference.interval(0.95).low > 0.2


def test_a_first_release_has_no_champion(file: Path) -> None:
    """And a champion that can't be read denies."""
    with bench_of(Candidate(file), Rival(None)) as bench, pytest.raises(NoChampion):
        vs_champion(bench)
    with bench_of(Candidate(file), Rival(None, CheckError("gone."))) as bench, pytest.raises(CheckError, match="gone"):
        vs_champion(bench)


def test_the_rate_of_one_at_a_time_is_found(serve: Serve) -> None:
    """A lock held for 25 ms allows 40 per second at most; half of that passes, twice breaks."""
    import threading
    import time

    lock = threading.Lock()

    def one_at_a_time(request: Request) -> None:
        with lock:
            time.sleep(0.025)
        request.answer()

    with bench_of() as bench:
        found = throughput(
            bench, url=serve(one_at_a_time).url, latency="600ms", rate=10.0, duration="2s", warmup="0s", most_steps=4
        )
    assert found.estimate is not None
    interval = found.estimate.interval(0.95)
    assert 5 <= interval.low <= 40
    assert interval.high >= 20


def test_a_server_that_fails_on_nonsense_is_told(serve: Serve) -> None:
    """500 to malformed JSON, and 200 to what is no rows."""

    def careless(request: Request) -> None:
        try:
            request.answer(200 if request.rows else 500)
        except KeyError:
            request.answer(200)
        except ValueError:
            request.answer(500, b"Traceback")

    with bench_of() as bench:
        told = [each.message for each in payload(bench, url=serve(careless).url, most_rows=4, oversized="1kB").findings]
    assert "malformed JSON: status 500, where a 4xx is expected." in told
    assert "JSON that is no rows: taken with status 200." in told


def test_a_model_that_is_no_file_is_not_served() -> None:
    """Skipped, with the way out."""
    with bench_of(Candidate(None)) as bench, pytest.raises(NotApplicable, match="only files can be served"):
        cold_start(bench)


def test_a_server_that_can_not_start_says_why(tmp_path: Path) -> None:
    """The last line of its own."""
    (tmp_path / "model.joblib").write_bytes(b"no pickle")
    with (
        bench_of(Candidate(tmp_path / "model.joblib")) as bench,
        pytest.raises(CheckError, match="ended before it answered"),
    ):
        cold_start(bench, **PATIENT)


def test_a_slow_start_has_an_option(file: Path) -> None:
    """Given too little, it names the option."""
    with bench_of(Candidate(file)) as bench, pytest.raises(CheckError, match='start_timeout = "'):
        cold_start(bench, start_timeout="50ms")


def test_a_port_that_is_taken_is_told(file: Path, serve: Serve) -> None:
    """Before a server is started."""
    port = serve(quick).server_address[1]
    with bench_of(Candidate(file)) as bench, pytest.raises(UsageError, match=f"port {port} is taken"):
        cold_start(bench, port=port, **PATIENT)
