"""The plugin with a toy in deepchecks' place: the same protocol, no pins, built in a second."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlgate import GateRequest, Record, run_gate
from mlgate.engines import Engine, Pythons
from mlgate.engines.places import VARIABLE
from mlgate_deepchecks import plugin, telling

Run = Callable[..., Record]
TOY = Path(__file__).with_name("toy_worker.py")


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engines")


@pytest.fixture
def toy(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts the toy in deepchecks' place; `variables` are set for its process."""
    monkeypatch.setenv(VARIABLE, str(root))

    def place(**variables: str) -> None:
        engine = Engine("toy-deepchecks", Pythons((3, 11), sys.version_info[:2]), (), TOY, variables)
        monkeypatch.setattr(plugin, "deepchecks", lambda: engine)
        monkeypatch.setattr(telling, "deepchecks", lambda: engine)

    place()
    return place


@pytest.fixture
def gated(toy: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The record of a run on two small tables, with these tables of checks in the gate file."""
    monkeypatch.chdir(tmp_path)
    frame = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0] * 10, "y": ["a", "b"] * 20})
    for name in ("train", "test"):
        frame.write_parquet(tmp_path / f"{name}.parquet")

    def run(checks: str, *, data: str = 'train = "train.parquet"\ntest = "test.parquet"\nlabel = "y"') -> Record:
        gate = tmp_path / "mlgate.toml"
        gate.write_text(f"version = 1\n[data]\n{data}\n{checks}\n", encoding="utf-8")
        named = tuple(re.findall(r'\[checks\."([^"]+)"\]', checks))
        return run_gate(GateRequest(gate=gate, folder=tmp_path, only=named))

    return run


@pytest.fixture
def outcomes() -> Callable[[Record], Mapping[str, Any]]:
    """Check (without its family) to its result."""
    return lambda record: {result.check.partition(".")[2]: result for result in record.results}
