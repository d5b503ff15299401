"""A user's own module brings the registry; then the commands work as with any other."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import ModuleType

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mlgate.cli import run_command
from mlgate_registries.fakes import FakeModelService, FakeStorage

GATE = """\
version = 1
[policy]
skip = ["[!o]*"]
[data]
test = "test.csv"
label = "late"
[checks."own.accuracy"]
at_least = 0.6
"""
OWN = """
import toy_services
from mlgate import Measurement, RegistryOpener, check, hookimpl
from mlgate_registries import GoogleStorage, UntestedRegistry, VertexAi

REGISTRY = UntestedRegistry(
    VertexAi(toy_services.models, "projects/p/locations/l", toy_services.storage),
    GoogleStorage(toy_services.storage, "gate"),
)


@hookimpl
def mlgate_registries():
    return {"vertexai": REGISTRY}


@hookimpl
def mlgate_model_openers():
    return [RegistryOpener(REGISTRY)]


@check("own.accuracy", better="higher")
def accuracy(scored_test):
    '''The share of right labels.'''
    return Measurement(scored_test.metric("accuracy"))
"""


@pytest.mark.filterwarnings("ignore::mlgate_registries.UntestedWarning")
def test_a_promotion_and_its_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Judged, promoted, told and audited, by the module that a user writes."""
    monkeypatch.chdir(tmp_path)
    incomes = np.linspace(0, 1, 400)
    rows = pd.DataFrame({"income": incomes, "late": (incomes > 0.5).astype(int)})
    rows.to_csv("test.csv", index=False)
    models, storage, content = FakeModelService(), FakeStorage(), io.BytesIO()
    joblib.dump(LogisticRegression().fit(rows[["income"]], rows["late"]), content)
    models.upload("projects/p/locations/l", "loan", "gs://models/loan")
    storage.bucket("models").blob("loan/model.joblib").upload_from_string(content.getvalue())
    toys = ModuleType("toy_services")
    toys.models, toys.storage = models, storage  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toy_services", toys)
    Path("mlgate.toml").write_text(GATE)
    Path("mlgate_checks.py").write_text(OWN)

    def mlgate(*arguments: str) -> str:
        capsys.readouterr()
        code, told = run_command(list(arguments)), capsys.readouterr()
        assert code == 0, told
        return told.out

    mlgate("run", "--checks", "own.accuracy", "--model", "vertexai:loan/1")
    assert mlgate("promote", "vertexai:loan/1") == "loan@champion moved from nobody to version 1.\n"
    entries = [json.loads(line) for line in mlgate("history", "vertexai:loan", "--json").splitlines()]
    assert [(each["kind"], each["cas"]) for each in entries] == [("verdict", None), ("promotion", False)]
    assert "every alias is where the last entry put it" in mlgate("audit", "vertexai:loan")
