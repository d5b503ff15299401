"""The family through `mlgate run`, as a user has it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from mlgate_load.samples import NAME, read_samples

from .conftest import Serve, frame, quick, sleeping  # type: ignore[import-not-found]  # pytest makes the package

GATE = """version = 1
[data]
test = "test.parquet"
label = "y"
[checks."load.latency"]
url = "{url}"
at_most = {{ p99 = "{most}" }}
rate = 100
duration = "5s"
warmup = "0s"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a test table, in which the gate runs."""
    frame().write_parquet(tmp_path / "test.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "mlgate", "run", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


def test_a_fast_server_is_allowed(folder: Path, serve: Serve) -> None:
    """Exit code 0, and the record has the parts in milliseconds."""
    (folder / "mlgate.toml").write_text(GATE.format(url=serve(quick).url, most="2s"))
    code, said = run("--checks", "load.latency", "--report", "json=record.json")
    assert code == 0, said
    record: dict[str, Any] = json.loads((folder / "record.json").read_text())
    (result,) = record["results"]
    parts = {part["name"]: part for part in result["measurement"]["parts"]}
    assert set(parts) == {"p50", "p90", "p95", "p99", "p99.9", "max"}
    assert parts["p99"]["unit"] == "ms"


def test_a_slow_server_is_denied(folder: Path, serve: Serve) -> None:
    """The reason has the number, its interval and the bound."""
    (folder / "mlgate.toml").write_text(GATE.format(url=serve(sleeping(0.3)).url, most="50ms"))
    code, said = run("--checks", "load.latency")
    assert code == 1
    assert "is above 50 ms" in said


def test_a_bound_without_a_unit_is_told(folder: Path, serve: Serve) -> None:
    """With what to write instead, and before anything is sent."""
    server = serve(quick)
    (folder / "mlgate.toml").write_text(GATE.format(url=server.url, most="50"))
    code, said = run("--checks", "load.latency")
    assert code == 4
    assert 'mlgate.toml:7: [checks."load.latency"]: at_most: 50 has no unit' in said
    assert 'what is measured is in ms: write "50 ms"' in said
    assert server.count == 0


SERVED = """version = 1
[candidate]
model = "model.joblib"
[data]
test = "test.parquet"
label = "y"
[checks."load.latency"]
at_most = { p99 = "50s" }
duration = "60s"
start_timeout = "180s"
[checks."load.resources"]
at_most = "60s"
"""
INTERRUPTIBLE = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
sys.argv = ["mlgate", "run", "--checks", "load.*"]
runpy.run_module("mlgate", run_name="__main__")
"""


def test_ctrl_c_leaves_no_process_and_keeps_what_was_measured(folder: Path, serve: Serve, file: Path) -> None:
    """While a model is served and loaded: server, workers and generator end, and the folder with samples is named."""
    shutil.copy(file, folder / "model.joblib")
    (folder / "mlgate.toml").write_text(SERVED)
    command = [sys.executable, "-c", INTERRUPTIBLE]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as gate:
        assert gate.stderr is not None
        family = _loading(gate.pid)
        time.sleep(1.0)
        gate.send_signal(signal.SIGINT)
        said = gate.stderr.read()
    kept = re.search(r"the samples until now are kept in (\S+)", said)
    assert kept is not None, said
    assert read_samples(Path(kept[1])).n > 0
    shutil.rmtree(kept[1])
    assert len(family) >= 3  # generator, supervisor and worker
    _, left = psutil.wait_procs(family, timeout=10)
    assert not left
    assert gate.returncode == 130


def _loading(pid: int) -> list[psutil.Process]:
    """The processes below `pid`, once the generator sends."""
    end = time.monotonic() + 180
    while time.monotonic() < end:
        below = psutil.Process(pid).children(recursive=True)
        if any("mlgate_load.generator" in line and (Path(line[-1]).parent / NAME).is_file() for line in _lines(below)):
            return below
        time.sleep(0.1)
    raise AssertionError("no load began")


def _lines(processes: Sequence[psutil.Process]) -> Iterator[list[str]]:
    """The command of each that has not ended meanwhile."""
    for each in processes:
        with suppress(psutil.NoSuchProcess):
            yield each.cmdline()


OWN = """
from mlgate import Measurement, check


@check("own.sound", default={"at_least": 1})
def sound():
    "Always there."
    return Measurement.exact(1, n=1)
"""


def test_a_run_that_does_not_name_the_family_leaves_it_out(folder: Path, serve: Serve) -> None:
    """No load, whatever is installed."""
    server = serve(quick)
    (folder / "mlgate_checks.py").write_text(OWN)
    code, _ = run("--test", "test.parquet", "--label", "y", "--report", "json=record.json")
    assert code in (0, 1, 2)
    listed = [each["check"] for each in json.loads((folder / "record.json").read_text())["results"]]
    assert "own.sound" in listed
    assert not [id for id in listed if id.startswith("load.")]
    assert server.count == 0
