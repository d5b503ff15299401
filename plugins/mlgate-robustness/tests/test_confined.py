"""A model in a file lives in a process of its own: what the contract asks about it is asked there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from mlgate import GateRequest, run_gate
from mlgate.opening import digest

MODEL = """
import os

import numpy as np

kept = []


class Late:
    classes_ = (0, 1)
    feature_names_in_ = ("income", "debt", "age", "job")

    def __call__(self, rows):
        from threadpoolctl import threadpool_info

        threads = max([each["num_threads"] for each in threadpool_info()] or [1])
        score = 1 / (1 + np.exp(rows["income"] / 40_000 - rows["debt"] / 10_000)) / threads
        rows["income"] = 0.0
        kept.append(bytearray(os.urandom(400 * len(rows))))
        return np.column_stack((1 - score, score))
"""


def test_its_process_sees_what_it_changes_and_its_threads(
    tmp_path: Path, frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model writes into its rows, answers by its number of threads and leaks: that is found, and nothing else."""
    monkeypatch.chdir(tmp_path)
    Path("late_model.py").write_text(MODEL)
    make = "import joblib, sklearn, late_model; joblib.dump(late_model.Late(), 'late.joblib')"
    subprocess.run([sys.executable, "-c", make], check=True)
    request = GateRequest(
        model="late.joblib",
        tables={"test": frame},
        label="late",
        only=("robustness.predict_contract",),
        trust=(digest(Path("late.joblib")),),
    )
    (result,) = run_gate(request).results
    assert result.run.measurement is not None, result.reason
    assert {each.data["clause"] for each in result.run.measurement.findings} == {"input", "threads", "memory"}
