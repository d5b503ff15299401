"""A folder registry whose champion is good on old rows and bad on new ones; a check that reads the rows itself."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mlgate import run_gate
from mlgate.folder_registry import FolderRegistry, register
from mlgate.gate import GateRequest
from mlgate.promotion import Conditions, promote, write_back
from mlgate.results.record_json import to_json

GATE = """\
version = 1
[policy]
skip = ["[!t]*"]
[data]
test = "test.parquet"
label = "late"
[checks."toy.hits"]
at_least = 0.6
"""
CHECKS = """
from mlgate import Measurement, check


@check("toy.hits", better="higher")
def hits(scored_test):
    '''The share of rows whose label the model gets right.'''
    return Measurement.mean((scored_test.decisions() == scored_test.labels()).tolist())
"""


@pytest.fixture
def champion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderRegistry:
    """Versions 1 and 2 of `loan`, promoted one after the other, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLGATE_REGISTRY", raising=False)
    random = np.random.default_rng(1)
    for name in ("test", "fresh"):
        income = random.normal(size=400)
        late = (income > 0).astype(int)
        pd.DataFrame({"income": income, "late": late if name == "test" else 1 - late}).to_parquet(f"{name}.parquet")
    rows = pd.read_parquet("test.parquet")
    Path("mlgate.toml").write_text(GATE)
    Path("mlgate_checks.py").write_text(CHECKS)
    registry = FolderRegistry()
    for strength in (1.0, 2.0):
        joblib.dump(LogisticRegression(C=strength).fit(rows[["income"]], rows["late"]), "model.joblib")
        uri = register("loan", Path("model.joblib")).uri
        record = run_gate(GateRequest(model=uri, only=("toy.hits",)))
        write_back(registry, to_json(record), record)
        promote(uri, "champion", registry=registry, conditions=Conditions(gate=record.facts.gate.digest))
    return registry
