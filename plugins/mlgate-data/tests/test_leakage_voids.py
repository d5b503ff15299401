"""From the command line: a leak denies, voids what was measured on the rows, and `mlgate decide` says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from mlgate.cli import run_command

WHO = "performance.profit"
WAIVER = """
[[waivers]]
check = "data.train_test_overlap"
reason = "twins by contract"
owner = "data-team"
until = 2999-01-31
"""
OWN = f'''
from mlgate import Measurement, check


@check("{WHO}", better="higher", default={{"at_least": 0.5}})
def profit(test):
    """A number of the test rows. It is always the same, so that only a leak changes what it is worth."""
    return Measurement.exact(0.9, n=test.rows)
'''


@pytest.fixture
def mlgate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command line in a folder with a check of the performance family, and 5% of train in test."""
    draw = np.random.default_rng(0)
    tables = [pd.DataFrame(draw.normal(size=(rows, 3)), columns=["a", "b", "y"]) for rows in (900, 400)]
    tables[1].iloc[:20] = tables[0].iloc[:20]
    for name, table in zip(("train", "test"), tables, strict=True):
        table.to_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "mlgate_checks.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> int:
        return run_command(list(words))

    return call


RUN = ("run", "--train", "train.parquet", "--test", "test.parquet", "--label", "y", "--checks", f"data.*,{WHO}")


def _results(path: str) -> dict[str, Any]:
    record = json.loads(Path(path).read_bytes())
    return {"verdict": record["verdict"], **{each["check"]: each for each in record["results"]}}


def test_a_leak_voids_and_decide_says_so_again(mlgate: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """In the record, the verdict, the lines of the terminal and JUnit; once more from the record, without measuring."""
    assert mlgate(*RUN, "--report", "json=run.json", "--report", "junit=run.xml") == 1
    said = (
        f"data.train_test_overlap voids 1 result of this run ({WHO}): it is no evidence of how the model does on new "
        "rows."
    )
    found = _results("run.json")
    assert found["verdict"]["reasons"] == [
        "data.train_test_overlap: 0.0500 [0.0461, 0.0539] on 400 rows is above 0.01",
        said,
    ]
    assert (found[WHO]["outcome"], found[WHO]["void"]) == ("passed", "data.train_test_overlap failed")
    assert found["data.volume"]["void"] is None
    assert said in capsys.readouterr().out
    case = ElementTree.parse("run.xml").find(f".//testcase[@name='{WHO}']/skipped")
    assert case is not None
    assert case.get("message") == "void: data.train_test_overlap failed"
    assert mlgate("decide", "run.json", "--report", "json=again.json") == 1
    assert _results("again.json")["verdict"] == found["verdict"]
    assert _results("again.json")[WHO]["void"] == found[WHO]["void"]


def test_a_waived_leak_is_allowed_and_stays_shown(mlgate: Callable[..., int], tmp_path: Path) -> None:
    """The waiver answers for the leak; the number stays void."""
    (tmp_path / "mlgate.toml").write_text(f"version = 1\n{WAIVER}")
    assert mlgate(*RUN, "--report", "json=run.json") == 0
    found = _results("run.json")
    assert found[WHO]["void"] == "data.train_test_overlap failed (waived)"
    assert found["verdict"]["reasons"][-1].startswith("data.train_test_overlap (waived) voids 1 result of this run")


def test_without_a_leak_nothing_is_void(mlgate: Callable[..., int]) -> None:
    """The same tables, without the copied rows."""
    pd.read_parquet("test.parquet").iloc[20:].to_parquet("test.parquet")
    assert mlgate(*RUN, "--report", "json=run.json") == 0
    found = _results("run.json")
    del found["verdict"]
    assert {each["void"] for each in found.values()} == {None}
