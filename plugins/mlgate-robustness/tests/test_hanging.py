"""A model that hangs on some rows costs the check that asked, by name, and no other; nothing of it is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import psutil
import pytest

from mlgate import GateRequest, run_gate
from mlgate.errors import ExitCode
from mlgate.opening import digest
from mlgate.results import Outcome, Record

MODEL = """
import time
import numpy as np


class Late:
    classes_ = (0, 1)
    feature_names_in_ = ("income", "debt", "age", "job")

    def __call__(self, rows):
        while len(rows) == 1:
            time.sleep(0.01)
        score = 1 / (1 + np.exp(rows["income"] / 40_000 - rows["debt"] / 10_000))
        return np.column_stack((1 - score, score))


def late():
    return Late()
"""
# The checks before the contract make what it needs, so that its time is spent on asking, however busy the machine is.
GATE = """version = 1
[checks."robustness.predict_contract"]
timeout = "7s"
[checks."robustness.bounded"]
low = 0
high = 1
trials = 5
[checks."robustness.corruptions"]
kinds = ["noise"]
severities = [0.1]
[checks."robustness.smooth"]
"""
CHECKS = tuple(f"robustness.{name}" for name in ("bounded", "corruptions", "predict_contract", "smooth"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frame: pl.DataFrame) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "late_model", raising=False)
    (tmp_path / "late_model.py").write_text(MODEL)
    (tmp_path / "mlgate.toml").write_text(GATE)
    frame[:300].write_parquet("test.parquet")
    return tmp_path


def judged(model: object, trust: tuple[str, ...] = ()) -> Record:
    return run_gate(GateRequest(model=model, tables={"test": "test.parquet"}, label="late", only=CHECKS, trust=trust))


def _is_named(record: Record) -> None:
    """The contract could not run, at the clause that hangs; the other checks are measured on the same model."""
    results = {each.check: each for each in record.results}
    contract = results["robustness.predict_contract"]
    assert contract.outcome is Outcome.ERRORED
    assert "its time (7 s) was over at the clause 'row by row', an answer of the model" in (contract.reason or "")
    for other in ("robustness.bounded", "robustness.smooth"):
        assert results[other].outcome is Outcome.PASSED, results[other].reason
    assert record.verdict.exit_code is ExitCode.COULD_NOT_RUN


def test_a_model_in_a_file(folder: Path) -> None:
    """Its process is ended, another is opened for the next check, and none is left."""
    make = "import joblib, sklearn, late_model; joblib.dump(late_model.Late(), 'late.joblib')"
    subprocess.run([sys.executable, "-c", make], check=True)
    _is_named(judged("late.joblib", (digest(Path("late.joblib")),)))
    assert not psutil.Process(os.getpid()).children(recursive=True)


def test_a_factory(folder: Path) -> None:
    _is_named(judged("late_model:late"))


def test_a_model_in_memory(folder: Path) -> None:
    from late_model import Late  # type: ignore[import-not-found]

    _is_named(judged(Late()))


def test_a_suite_of_pytest_goes_on(folder: Path) -> None:
    """The gate file is collected, with a model that a factory makes: the hanging check is an error, the others pass."""
    gate = GATE.replace(
        "[checks", '[candidate]\nmodel = "late_model:late"\n[data]\ntest = "test.parquet"\nlabel = "late"\n[checks', 1
    )
    Path("mlgate.toml").write_text(gate)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "mlgate.toml"]
    done = subprocess.run(
        [*command, "-k", "bounded or corruptions or predict_contract or smooth"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1, done.stdout
    assert "at the clause 'row by row'" in done.stdout
    assert "1 failed, 3 passed" in done.stdout, done.stdout
