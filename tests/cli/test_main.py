"""The command line answers a user's mistake with a sentence and its exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest

from mlgate import Event, EventKind, cli
from mlgate.ledger import append
from mlgate.ledger.entry import written

OWN = """
from mlgate import Measurement, check

@check("business.answer", default={"at_least": 40})
def answer():
    "The answer to the question."
    return Measurement.exact(42, n=1)

@check("business.hopeless", default={"at_least": 50})
def hopeless():
    "Never enough."
    return Measurement.exact(42, n=1)
"""

BROKEN_REPORTER = """
from mlgate import hookimpl

class Broken:
    def render(self, record):
        return {}["x"]

    def publish(self, record, kept):
        return {}["y"]

@hookimpl
def mlgate_reporters():
    return {"broken": Broken()}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mlgate_checks.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that help does not know can't be found."""
    assert cli.run_command(["--help"]) == 0
    listed = capsys.readouterr().out
    for command in (
        "run",
        "decide",
        "plan",
        "promote",
        "report",
        "diff",
        "trend",
        "checks",
        "explain",
        "plugins",
        "init",
        "schema",
    ):
        assert f"\n  {command} " in listed


@pytest.mark.parametrize(
    "command", ["run", "decide", "plan", "promote", "report", "diff", "trend", "checks", "explain", "init"]
)
def test_every_command_has_help_of_its_own(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command imports and explains itself, and its first line is the one that the list shows."""
    assert cli.run_command([command, "--help"]) == 0
    assert f"Usage: mlgate {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "mlgate: there is no command 'rnu'. Did you mean run?"),
        (
            ["run", "--modle", "x"],
            f"mlgate: {click.NoSuchOption('--modle', possibilities=['--model', '--trust-model']).format_message()}",
        ),
        (["run", "--jobs", "0"], "mlgate: Invalid value for '--jobs': 0 is not in the range x>=1."),
        (["run", "--report", "junit"], "mlgate: --report takes FORMAT=PATH, as junit=report.xml, not 'junit'."),
        (
            ["run", "--report", "juint=x"],
            "mlgate: there is no report format 'juint'. There are: csv, ",
        ),
        (["run", "--gate", "no.toml"], "mlgate: there is no gate file no.toml. `mlgate init` writes one."),
        (
            ["run", "--checks", "business.anwser"],
            "mlgate: no check matches 'business.anwser'. Did you mean business.answer?",
        ),
        (["explain", "business.anwser"], "mlgate: there is no check 'business.anwser'. Did you mean business.answer?"),
        (
            ["plan"],
            "mlgate: a plan needs the test table and its label. Name them with --test and --label, or under [data].",
        ),
    ],
)
def test_a_mistake_on_the_command_line_is_one_sentence(
    folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 4, the way out, and nothing measured."""
    assert cli.run_command(arguments) == 4
    told = capsys.readouterr().err.splitlines()
    assert any(line == said or (said.endswith(" ") and line.startswith(said)) for line in told)
    assert not (folder / ".mlgate" / "runs").exists()


class TestRun:
    def test_allowed_is_0_and_leaves_a_record(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The record says what the exit code says."""
        assert cli.run_command(["run", "--checks", "business.answer"]) == 0
        (record,) = (folder / ".mlgate" / "runs").glob("*/record.json")
        assert json.loads(record.read_bytes())["verdict"]["decision"] == "allowed"
        assert f"record: {record.relative_to(folder)}" in capsys.readouterr().out

    def test_denied_is_1(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """One failed rule denies, and its reason is printed."""
        assert cli.run_command(["run"]) == 1
        assert "mlgate: denied (exit code 1)" in capsys.readouterr().out

    def test_nothing_to_run_is_5(self, folder: Path) -> None:
        """An empty run is not a passed one."""
        assert cli.run_command(["run", "--skip", "*"]) == 5

    def test_a_report_that_cannot_be_written_does_not_hide_the_verdict(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The denial stays a denial; an allowed run whose report is lost is no success."""
        (folder / "taken").write_text("a file where a folder should be")
        lost = ["--report", "junit=taken/report.xml"]
        assert cli.run_command(["run", *lost]) == 1
        assert cli.run_command(["run", "--checks", "business.answer", *lost]) == 3
        assert "mlgate: the junit report could not be written to taken/report.xml" in capsys.readouterr().err


class TestGithub:
    """`--report github`: outside of GitHub, inside of it, and where nothing can be written."""

    @pytest.fixture(autouse=True)
    def nowhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_WORKSPACE"):
            monkeypatch.delenv(name, raising=False)

    @pytest.mark.parametrize(("checks", "code"), [("business.answer", 0), ("business.*", 1)])
    def test_outside_of_github_the_verdict_decides(
        self, folder: Path, checks: str, code: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One clear line for each thing that has nowhere to go."""
        assert cli.run_command(["run", "--checks", checks, "--report", "github"]) == code
        told = capsys.readouterr()
        assert [line for line in told.err.splitlines() if "not set" in line] == [
            "mlgate: GITHUB_STEP_SUMMARY is not set, so the step summary went nowhere: GitHub Actions sets it.",
            "mlgate: GITHUB_OUTPUT is not set, so the outputs went nowhere: GitHub Actions sets it.",
        ]
        assert ("::error title=business.hopeless::at_least(50): " in told.out) is (code == 1)

    def test_the_next_step_reads_the_verdict_and_where_the_record_is(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of a run, and of a record that is drawn or decided again later."""
        monkeypatch.setenv("GITHUB_OUTPUT", str(folder / "out"))
        assert cli.run_command(["run", "--checks", "business.answer", "--report", "github"]) == 0
        (record,) = (folder / ".mlgate" / "runs").glob("*/record.json")
        told = (folder / "out").read_text().splitlines()
        assert told[1] == "allowed"
        assert told[4] == str(record)
        assert cli.run_command(["report", str(record.parent), "--report", "github"]) == 0
        assert (folder / "out").read_text().splitlines()[10:14:3] == ["allowed", str(record)]
        decided = ["--report", "github", "--report", "json=again.json"]
        assert cli.run_command(["decide", str(record), *decided]) == 0
        assert (folder / "out").read_text().splitlines()[22] == str(folder / "again.json")

    def test_a_format_that_needs_a_path_is_told_before_anything_runs(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Only a reporter that publishes may go without."""
        assert cli.run_command(["run", "--report", "sarif"]) == 4
        assert "--report takes FORMAT=PATH, as junit=report.xml, not 'sarif'." in capsys.readouterr().err
        assert not (folder / ".mlgate").exists()


def test_a_reporter_that_breaks_takes_no_verdict_along(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stranger's defect is a sentence; a denial stays one, and the other reports are written."""
    (folder / "mlgate_checks.py").write_text(OWN + BROKEN_REPORTER)
    asked = ["--report", "broken=x", "--report", "broken", "--report", "json=record.json"]
    assert cli.run_command(["run", *asked]) == 1
    assert cli.run_command(["run", "--checks", "business.answer", *asked]) == 3
    told = capsys.readouterr().err
    assert "mlgate: the broken report could not be drawn: KeyError: 'x'" in told
    assert "mlgate: the broken report could not be published: KeyError: 'y'" in told
    assert (folder / "record.json").is_file()


def test_in_a_read_only_workspace_the_verdict_decides(tmp_path: Path) -> None:
    """The run is kept elsewhere, which is said; root is made to obey the folder's mode for it."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0 and setpriv is None:
        pytest.skip("root writes anywhere, and there is no setpriv to hinder it")
    folder, elsewhere = tmp_path / "workspace", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "mlgate_checks.py").write_text(OWN)
    folder.chmod(0o555)
    hindered = [setpriv, "--bounding-set=-dac_override"] if setpriv and os.geteuid() == 0 else []
    done = subprocess.run(
        [*hindered, sys.executable, "-m", "mlgate", "run", "--report", "junit=report.xml", "--report", "github"],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(elsewhere), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{folder}/.mlgate can't be written to: this run is kept in {elsewhere}/mlgate-" in done.stderr
    assert "the junit report could not be written to report.xml: Permission denied." in done.stderr
    assert "the step summary could not be written to" in done.stderr
    assert len([*elsewhere.glob("mlgate-*/runs/*/record.json")]) == 1


def test_a_defect_of_ours_is_told_apart_from_a_denial(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python's own exit code for a crash is 1, which would read as a verdict."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("mlgate.gate.run.Session.prepare", broken)
    assert cli.run_command(["run"]) == 3
    said = capsys.readouterr().err
    assert "RuntimeError: a bug" in said
    assert said.splitlines()[-1].startswith("mlgate: this is a defect of mlgate, not yours; nothing was decided.")


def test_a_python_without_docstrings_is_named(tmp_path: Path) -> None:
    """They are the checks' pages, and `-OO` is what takes them away."""
    own = "from mlgate import check\n\n\n@check('own.one')\ndef one():\n    'A page.'\n"
    (tmp_path / "mlgate_checks.py").write_text(own, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-OO", "-m", "mlgate", "checks"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "needs a docstring: it is the check's page, which `python -OO` takes away" in done.stderr


HOSTILE_WORD = "\x1b[2J\u202e\r::error::x"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "arguments",
    [["run", "--gate", HOSTILE_WORD], ["promote", f"folder:loan/{HOSTILE_WORD}"], ["explain", HOSTILE_WORD]],
    ids=["run", "promote", "explain"],
)
def test_a_refusal_moves_no_cursor(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence repeats what it was given, and that may be somebody else's word."""
    assert cli.run_command(arguments) != 0
    told = capsys.readouterr()
    assert not {"\x1b", "\u202e", "\r"} & set(told.out + told.err)
    assert "x1b" in told.err


@pytest.mark.parametrize("command", ["history", "audit", "trend"])
def test_a_broken_ledger_moves_no_cursor(
    command: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever may write to a ledger has a word in what is told of it."""
    monkeypatch.setenv("MLGATE_REGISTRY", str(folder / "registry"))
    (folder / "model.txt").write_text("x")
    assert cli.run_command(["register", "loan", "model.txt"]) == 0
    event = Event(EventKind.REFUSAL, "2026-11-28T07:00:00Z", "here", "loan", "me")
    first = append(None, event)
    second = append(first, replace(event, model=HOSTILE_WORD))
    ledger = b"".join(written(each) + b"\n" for each in (first, second))
    (folder / "registry" / "loan" / "ledger.jsonl").write_bytes(ledger)
    capsys.readouterr()
    assert cli.run_command([command, "folder:loan"]) == 1
    told = capsys.readouterr()
    assert "it is of another ledger" in told.out + told.err
    assert not {"\x1b", "\u202e", "\r"} & set(told.out + told.err)
