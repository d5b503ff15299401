"""Packages without bytecode get it from the gate: a confined process may not write any."""

from __future__ import annotations

import sysconfig
import time
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from mlgate.opening.confined.bytecode import Compiler
from mlgate.tabular import Table

if TYPE_CHECKING:
    from tests.sandbox.conftest import Open

TABLE = Table.of(pl.DataFrame({"x": [1.0, 2.0]}))
MODEL = """
import scorer_without_bytecode as scorer

model = scorer.Scorer()
"""
SCORER = """
class Scorer:
    features = None

    def predict(self, table):
        from mlgate.tabular import Predictions

        return Predictions.numbers(table.collect(["x"])["x"].to_numpy())
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for site-packages, for the gate alone."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    asked = sysconfig.get_path
    monkeypatch.setattr(
        sysconfig, "get_path", lambda name: str(tmp_path) if name in ("purelib", "platlib") else asked(name)
    )
    return tmp_path


def compiled(source: Path, *, within: float = 30.0) -> bool:
    """Whether there is bytecode of this Python for it, or comes to be."""
    kept, until = Path(cache_from_source(source)), time.monotonic() + within
    while not kept.is_file() and time.monotonic() < until:
        time.sleep(0.05)
    return kept.is_file() and kept.read_bytes()[:4] == MAGIC_NUMBER


def test_what_a_model_imports_is_compiled_beside_it(packages: Path, open_source: Open) -> None:
    """Its process names the file; the next one finds the bytecode."""
    source = packages / "scorer_without_bytecode.py"
    source.write_text(SCORER, encoding="utf-8")
    model = open_source(MODEL)
    assert list(model.predict(TABLE).values) == [1.0, 2.0]
    assert compiled(source)


def test_only_files_of_packages_are_compiled(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever names them is not trusted: neither the user's code, nor ways around, nor what is no path."""
    ours, users = packages / "ours.py", tmp_path_factory.mktemp("elsewhere") / "users.py"
    for path in (ours, users):
        path.write_text("x = 1\n", encoding="utf-8")
    around = f"{packages}/../{users.parent.name}/users.py"
    compiler = Compiler()
    compiler.compile([str(users), around, "ours.py", f"{ours}\n", 1, None, str(packages / "missing.py"), str(ours)])
    assert compiled(ours)
    assert not compiled(users, within=0.0)
    compiler.close()


@pytest.mark.parametrize("named", [None, "x.py", {"a": 1}, 7])
def test_what_is_no_list_is_no_names(packages: Path, named: object) -> None:
    """A hostile answer costs nothing."""
    Compiler().compile(named)
    assert list(packages.rglob("*.pyc")) == []


def test_who_wants_no_bytecode_gets_none(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own variable says so."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    source = packages / "ours.py"
    source.write_text("x = 1\n", encoding="utf-8")
    compiler = Compiler()
    compiler.compile([str(source)])
    compiler.close()
    assert not compiled(source, within=0.0)
