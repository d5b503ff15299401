"""`security.code` beside bandit's own command, and where bandit itself would let something through."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate import CheckError, Measurement, NotApplicable, Severity
from mlgate.testing import measure
from mlgate_security.code import scanning
from mlgate_security.code.check import code

SHELL = "import subprocess\nsubprocess.call(input(), shell=True)\n"
MIXED = f"{SHELL}import yaml\nyaml.load(open('x'))\nassert 1\neval('1')\nexec('2')\npassword = 'hunter2'\n"


def report(folder: Path) -> bytes:
    """bandit's own JSON, by its own command, run where a user would run it."""
    command = [sys.executable, "-m", "bandit", "-q", "-r", "code", "-f", "json", "--exit-zero"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


def found(measured: Measurement) -> set[tuple[str, int | None, str]]:
    """File, line and test of each finding."""
    return {
        (each.location.file, each.location.line, str(each.data["test"])) for each in measured.findings if each.location
    }


def test_it_finds_what_bandit_finds(model: Callable[..., Any], tmp_path: Path) -> None:
    """File, line, test and severity of every issue, as `bandit -r` reports them."""
    candidate = model({"code/pack/a.py": MIXED, "code/b.py": SHELL})
    theirs = json.loads(report(candidate.path))["results"]
    ours = measure(code, candidate=candidate, folder=tmp_path)
    assert found(ours) == {(each["filename"], each["line_number"], each["test_id"]) for each in theirs}
    assert sorted(str(each.data["severity"]) for each in ours.findings) == sorted(
        each["issue_severity"].lower() for each in theirs
    )
    assert len(theirs) > 6


def test_a_shell_is_of_high_severity(model: Callable[..., Any], tmp_path: Path) -> None:
    """The default rule blocks on it."""
    measured = measure(code, candidate=model({"code/a.py": SHELL}), folder=tmp_path)
    assert {each.data["test"]: each.severity for each in measured.findings}["B602"] is Severity.HIGH


def test_what_bandit_is_not_sure_of_is_a_lesser_finding(model: Callable[..., Any], tmp_path: Path) -> None:
    """A severity counts only with the confidence that is asked for."""
    candidate = model({"code/a.py": MIXED})
    (sure,) = (e for e in measure(code, candidate=candidate, folder=tmp_path).findings if e.data["test"] == "B105")
    asked = measure(code, candidate=candidate, folder=tmp_path, confidence="high").findings
    (unsure,) = (each for each in asked if each.data["test"] == "B105")
    assert (sure.data["confidence"], unsure.severity) == ("medium", Severity.LOW)


def test_a_file_that_cant_be_parsed_errs_though_bandit_ends_well(model: Callable[..., Any], tmp_path: Path) -> None:
    """bandit's command says nothing with its exit code; a file that nobody looked into did not pass."""
    candidate = model({"code/a.py": "x = 1\n", "code/broken.py": "def f(:\n"})
    done = subprocess.run([sys.executable, "-m", "bandit", "-q", "-r", "code"], cwd=candidate.path, check=False)
    assert done.returncode == 0
    with pytest.raises(CheckError, match=r"could not look into code/broken\.py \(syntax error"):
        measure(code, candidate=candidate, folder=tmp_path)


def test_a_test_of_bandits_that_crashes_errs(
    model: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bandit logs it and goes on without an issue."""
    crash = "import bandit.plugins.injection_shell as shell\nshell.has_shell = None\n"
    monkeypatch.setattr(scanning, "_CHILD", crash + scanning._CHILD)
    with pytest.raises(CheckError, match=r"a test of bandit's crashed: .* on file code/a\.py at line 2"):
        measure(code, candidate=model({"code/a.py": SHELL}), folder=tmp_path)


@pytest.mark.parametrize("text", [f"x = {'-' * 100_000}1\n", f"x = {'(' * 5_000}1{')' * 5_000}\n", "\0", "# \xff\n"])
def test_a_file_that_parsers_choke_on_errs(text: str, model: Callable[..., Any], tmp_path: Path) -> None:
    """In the child, if it takes it along; the gate lives and knows that nobody looked."""
    candidate = model()
    (candidate.path / "a.py").write_bytes(text.encode("latin-1"))
    with pytest.raises(CheckError, match="bandit"):
        measure(code, candidate=candidate, folder=tmp_path)


def test_a_child_that_dies_errs(model: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is not the same as nothing found."""
    monkeypatch.setattr(scanning, "_CHILD", "import os; os._exit(9)")
    with pytest.raises(CheckError, match="bandit ended with code 9"):
        measure(code, candidate=model({"code/a.py": SHELL}), folder=tmp_path)


def test_comments_that_silence_bandit_are_counted_and_can_be_disobeyed(
    model: Callable[..., Any], tmp_path: Path
) -> None:
    """Whoever writes the code writes the comments."""
    candidate = model({"code/a.py": "import os\nos.system(input())  # nosec\nos.system(input())  # nosec B605\n"})
    obeyed = measure(code, candidate=candidate, folder=tmp_path)
    assert obeyed.findings == ()
    assert obeyed.notes == ("2 issues were passed over for a comment `# nosec`.",)
    assert len(measure(code, candidate=candidate, folder=tmp_path, ignore_nosec=True).findings) == 2


def test_a_bandit_file_beside_the_code_is_not_obeyed(model: Callable[..., Any], tmp_path: Path) -> None:
    """bandit's own command would leave out what it says."""
    candidate = model({"code/a.py": SHELL, "code/.bandit": "[bandit]\nskips = B602,B404\n"})
    assert json.loads(report(candidate.path))["results"] == []
    assert {str(each.data["test"]) for each in measure(code, candidate=candidate, folder=tmp_path).findings} == {
        "B404",
        "B602",
    }


def test_a_baseline_hides_what_it_knows_and_nothing_more(model: Callable[..., Any], tmp_path: Path) -> None:
    """The same issue once more, in the same file, is new; a line that moved is not."""
    candidate = model({"code/a.py": SHELL})
    (tmp_path / "baseline.json").write_bytes(report(candidate.path))
    again = "subprocess.call(input(), shell=True)\n"
    (candidate.path / "code" / "a.py").write_text(f"# moved\n{SHELL}{again}", "utf-8")
    measured = measure(code, candidate=candidate, folder=tmp_path, baseline="baseline.json")
    assert found(measured) == {("code/a.py", 4, "B602")}
    assert measured.notes == ("2 issues stand in the baseline.",)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"results": [1]}', None])
def test_what_is_no_baseline_is_refused(text: str | None, model: Callable[..., Any], tmp_path: Path) -> None:
    """A baseline that can't be read hides nothing, and is told."""
    if text is not None:
        (tmp_path / "baseline.json").write_text(text)
    with pytest.raises(CheckError, match=r"the baseline baseline\.json"):
        measure(code, candidate=model({"code/a.py": SHELL}), folder=tmp_path, baseline="baseline.json")


def test_the_repository_is_looked_into_where_it_is_named(model: Callable[..., Any], tmp_path: Path) -> None:
    """Its files are named from the gate file's folder; installed packages are not its own."""
    for name in ("src/train.py", "src/.venv/lib.py", "other.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(SHELL)
    measured = measure(code, candidate=model(), folder=tmp_path, paths=("src",))
    assert {file for file, _, _ in found(measured)} == {"src/train.py"}
    with pytest.raises(CheckError, match="there is no file or folder sorce"):
        measure(code, candidate=model(), folder=tmp_path, paths=("sorce",))


def test_a_model_without_code_is_skipped(model: Callable[..., Any], tmp_path: Path) -> None:
    """There is nothing to look into."""
    with pytest.raises(NotApplicable, match="no Python code"):
        measure(code, candidate=model(), folder=tmp_path)
