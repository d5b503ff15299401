"""`mlgate engines`, and the hook that declares them."""

from __future__ import annotations

import subprocess
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


def test_programs_that_build_at_the_same_time_build_once(project: Path) -> None:
    """Three runs on one machine, as in a CI server: one builds, the others wait for it and use what it built."""
    command = [sys.executable, "-m", "mlgate", "engines", "build", "toy"]
    started = [
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120)[0].strip() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    assert sorted(each.endswith("MiB, before") for each in said) == [False, True, True]
    folders = [path.name for path in (project / "engines").iterdir() if path.is_dir()]
    assert len(folders) == 1, folders


def test_an_engine_that_is_not_there_is_a_sentence(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 4: the command line is wrong."""
    assert run_command(["engines", "build", "tool"]) == 4
    assert capsys.readouterr().err.startswith("mlgate: there is no engine 'tool'. There are: ")
