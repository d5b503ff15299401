"""`mlgate engines`, and the hook that declares them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mlgate.cli import run_command
from mlgate.engines.places import VARIABLE

PLUGIN = """
import sys
from pathlib import Path
from mlgate import hookimpl
from mlgate.engines import Engine, Pythons

@hookimpl
def mlgate_engines():
    worker = Path(__file__).with_name("worker.py")
    return [Engine("toy", Pythons((3, 11), sys.version_info[:2]), (), worker, about="A toy.")]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> Path:
    """A folder whose own plugin declares the toy engine, and an empty folder of environments."""
    (tmp_path / "mlgate_checks.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "worker.py").write_text("def answer(body, tables, emit): emit({'told': 1})", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "engines"))
    return tmp_path


def test_an_engine_is_listed_built_listed_and_pruned(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The life of an environment, by the command line."""
    assert run_command(["engines", "list"]) == 0
    said = capsys.readouterr().out
    assert "toy  A toy.  0 pins" in said
    assert "not built; `mlgate engines build toy` does" in said
    assert run_command(["engines", "build", "toy"]) == 0
    assert f" s on Python {sys.version_info[0]}." in capsys.readouterr().out
    assert run_command(["engines", "build", "toy"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("MiB, before")
    assert run_command(["engines", "list"]) == 0
    assert "  built in " in capsys.readouterr().out
    assert run_command(["engines", "prune"]) == 0
    assert capsys.readouterr().out == "Nothing to remove.\n"
    (project / "mlgate_checks.py").write_text("", encoding="utf-8")
    assert run_command(["engines", "prune"]) == 0
    assert f"removed {project / 'engines' / 'toy-'}" in capsys.readouterr().out


def test_an_engine_that_is_not_there_is_a_sentence(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 4: the command line is wrong."""
    assert run_command(["engines", "build", "tool"]) == 4
    assert capsys.readouterr().err.startswith("mlgate: there is no engine 'tool'. There are: ")
