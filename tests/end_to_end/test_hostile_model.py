"""One model whose files, packages and description lie, through the command line and every report."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest

REPORTS = ("json", "junit", "markdown", "sarif", "cyclonedx")
NAMES = (
    "<script>alert(1)<script>.py",
    "::set-output name=verdict::allowed.py",
    "##[error] ##vso[task.complete].py",
    "\x1b[2J\x1b[31mallowed\x1b[0m.py",
    "=cmd|' calc'!A0.py",
    "]]>&amp;<!--.py",
    "| a | b | `x` ![x](https:..evil.example).py",
    "\u202eyp.exe\u2028.py",
)
REQUIREMENTS = "\n".join(
    ("<img src=x onerror=alert(1)>", "::error::x", "=1+1", "\x1b]0;owned\x07", "@team/x", "-r ../../etc/passwd", "a==1")
)


@pytest.fixture
def ran(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A run of all security checks in a folder of its own; reports lie in `out`."""
    shell = "import subprocess\nsubprocess.call(input(), shell=True)\n"
    about = "flavors: {'<b>x</b>': {}}\nsignature: {inputs: '::warning::x', outputs: \"\\e[31m\"}\n"
    files = {**{f"code/{name}": shell for name in NAMES}, "requirements.txt": REQUIREMENTS, "MLmodel": about}
    (tmp_path / "model" / "code").mkdir(parents=True)
    for name, text in files.items():
        (tmp_path / "model" / name).write_text(text, encoding="utf-8")
    (tmp_path / "osv.json").write_text("[]")
    (tmp_path / "mlgate.toml").write_text('version = 1\n[checks."security.dependencies"]\nadvisories = "osv.json"\n')
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-m", "mlgate", "run", "--model", "model", "--checks", "security.*"]
    command += [word for report in REPORTS for word in ("--report", f"{report}=out/{report}")]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)


def test_no_report_does_what_a_hostile_model_says(ran: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    """Denied, every report written, and no text of the model has an effect in any of them."""
    assert ran.returncode == 1, ran.stderr
    written = {report: (tmp_path / "out" / report).read_text("utf-8") for report in REPORTS}
    for text in (ran.stdout, ran.stderr, *written.values()):
        assert not any(line.lstrip().startswith(("::", "##[", "##vso")) for line in text.splitlines())
        assert {c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"} == set()
    assert "<script" not in written["markdown"]
    assert "<img" not in written["markdown"]
    assert "![x]" not in written["markdown"]
    ElementTree.fromstring(written["junit"])
    assert "\u202e" not in "".join((ran.stdout, written["markdown"], written["sarif"], written["cyclonedx"]))


def test_every_hostile_file_is_reported_at_its_line(ran: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    """A name hides nothing: each file's shell call is a result of its own."""
    assert ran.returncode == 1
    (run,) = json.loads((tmp_path / "out" / "sarif").read_text("utf-8"))["runs"]
    shells = [each for each in run["results"] if each["message"]["text"].startswith("B602")]
    assert len({each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in shells}) == len(NAMES)
    assert {each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in shells} == {2}
    assert {each["level"] for each in shells} == {"error"}
