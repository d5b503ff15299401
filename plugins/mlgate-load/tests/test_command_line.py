"""The family through `mlgate run`, as a user has it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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
warmup = "200ms"
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
    """With what to write instead."""
    (folder / "mlgate.toml").write_text(GATE.format(url=serve(quick).url, most="50"))
    code, said = run("--checks", "load.latency")
    assert code in (3, 4)
    assert '50 has no unit, and what is measured is in ms: write "50 ms"' in said


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
