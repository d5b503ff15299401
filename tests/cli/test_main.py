"""The command line answers a user's mistake with a sentence and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlgate import cli

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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mlgate_checks.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that help does not know can't be found."""
    assert cli.run_command(["--help"]) == 0
    listed = capsys.readouterr().out
    for command in ("run", "decide", "plan", "promote", "report", "checks", "explain", "plugins", "init", "schema"):
        assert f"\n  {command} " in listed


@pytest.mark.parametrize("command", ["run", "decide", "plan", "promote", "report", "checks", "explain", "init"])
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
            "mlgate: No such option '--modle'. (Did you mean one of: '--model', '--trust-model'?)",
        ),
        (["run", "--jobs", "0"], "mlgate: Invalid value for '--jobs': 0 is not in the range x>=1."),
        (["run", "--report", "junit"], "mlgate: --report takes FORMAT=PATH, as junit=report.xml, not 'junit'."),
        (
            ["run", "--report", "juint=x"],
            "mlgate: there is no report format 'juint'. There are: json, junit, markdown, sarif.",
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
    assert said in capsys.readouterr().err.splitlines()
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
