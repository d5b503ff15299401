"""What GitHub Actions is told, read as its runner reads it.

The runner's reading is that of actions/runner: ActionCommand.cs for commands, FileCommandManager.cs for outputs.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.reports.github.annotations import MOST, Root, annotated
from mlgate.reports.github.commands import command, output
from mlgate.reports.github.reporter import GithubReporter
from mlgate.reports.github.summary import LIMIT, summary
from mlgate.reports.terminal import harmless, harmless_lines
from mlgate.results import (
    CheckRun,
    Decision,
    Finding,
    Level,
    Location,
    Measurement,
    Outcome,
    Record,
    Result,
    RuleOutcome,
    RunStatus,
    Severity,
    Verdict,
)
from mlgate.results.record_json import to_json
from mlgate.testing.hostile import HOSTILE, hostile_record
from mlgate.testing.records import sample_record

NOWHERE = Root(Path("/"), None)
TEXT = st.text(max_size=60) | st.sampled_from(HOSTILE)


def understood(line: str) -> tuple[str, dict[str, str], str]:
    """Name, properties and message, as the runner takes a line apart: at the second `::`, then at commas."""
    head, data = re.fullmatch(r"::(.*?)::(.*)", line).groups()  # type: ignore[union-attr]
    name, _, told = head.partition(" ")
    pairs = (pair.partition("=") for pair in told.split(",") if pair)
    return name, {key: _unescaped(value) for key, _, value in pairs}, _unescaped(data)


def _unescaped(text: str) -> str:
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, character)
    return text


def outputs(text: str) -> dict[str, str]:
    """The outputs in a file, as the runner reads its heredocs."""
    lines, found = iter(text.split("\n")), {}
    for line in lines:
        if line:
            name, _, delimiter = line.partition("<<")
            value = []
            while (row := next(lines)) != delimiter:
                value.append(row)
            found[name] = "\n".join(value)
    return found


def finds(*findings: Finding, check: str = "security.code") -> Result:
    rule = RuleOutcome("no_findings", Outcome.FAILED, Level.ENFORCE, "found some", where="mlgate.toml:7")
    run = CheckRun(check, RunStatus.MEASURED, 0.1, Measurement(findings=findings))
    return Result(run, Outcome.FAILED, Level.ENFORCE, "no_findings", "found some", (rule,))


def empty_record() -> Record:
    """A run in which nothing ran."""
    return replace(sample_record(), results=(), waivers=(), verdict=Verdict(Decision.DENIED, ("nothing ran",), 5))


@given(TEXT, TEXT, TEXT)
def test_no_text_leaves_its_place_in_a_command(file: str, title: str, message: str) -> None:
    """One line, and the runner reads back every property and the message."""
    line = command("error", {"file": file, "title": title}, message)
    assert len(line.splitlines()) == 1
    assert understood(line) == (
        "error",
        {"file": harmless(file), "title": harmless(title)},
        harmless_lines(message),
    )


@given(TEXT)
def test_no_value_adds_an_output(value: str) -> None:
    """The delimiter is another one each time, and longer than anybody guesses."""
    value = value.replace("\r", "")
    written = output("verdict", value)
    assert outputs(written) == {"verdict": value}
    assert written != output("verdict", value)


def test_annotations_stand_on_the_lines_of_the_code_and_of_the_gate_file() -> None:
    """The worst first: what blocks is an error, a warning a warning, what is waived or undecided a notice."""
    told = [understood(line) for line in annotated(sample_record(), NOWHERE)]
    assert [(name, told.get("file"), told.get("line"), told["title"]) for name, told, _ in told] == [
        ("error", "mlgate.toml", "1", "2 checks need train"),
        ("error", "mlgate.toml", "1", "business.profit_per_loan"),
        ("error", "mlgate.toml", "21", "performance.roc_auc"),
        ("error", "model/conf.py", "3", "security.secrets"),
        ("warning", "mlgate.toml", "1", "business.revenue"),
        ("notice", "mlgate.toml", "1", "data.duplicates"),
        ("notice", "mlgate.toml", "21", "performance.roc_auc"),
        ("notice", "mlgate.toml", "1", "performance.accuracy"),
        ("notice", None, None, "trust"),
        ("notice", None, None, "mlgate"),
    ]
    assert told[-1][2].startswith("and 2 more")
    assert told[2][2].startswith("not_worse_than_champion(0.01): worse than the champion by 0.031 [0.012, 0.050]")


def test_of_many_the_worst_ten_are_shown_and_the_last_says_how_many_more() -> None:
    """A check with thousands of findings does not hide another one's."""
    many = finds(*(Finding(f"thing {n}", Severity.HIGH, Location("code.py", n)) for n in range(1, 10_001)))
    worst = finds(Finding("the worst", Severity.CRITICAL), check="security.secrets")
    record = replace(sample_record(), results=(many, worst))
    told = [understood(line) for line in annotated(record, NOWHERE)]
    assert len(told) == MOST
    assert [message for _, _, message in told[:3]] == ["the worst", "thing 1", "thing 2"]
    assert told[-1] == ("error", {"title": "mlgate"}, "and 9,994 more: the step summary and the record have them.")


def test_files_are_named_from_the_repository(tmp_path: Path) -> None:
    """A gate file below the repository's root is annotated where it is; what is no file there is told as it stands."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mlgate.toml").touch()
    (tmp_path.parent / "outside.toml").touch()
    root = Root(tmp_path / "models", tmp_path)
    assert root.path("mlgate.toml") == "models/mlgate.toml"
    assert root.path(str(tmp_path / "models" / "mlgate.toml")) == "models/mlgate.toml"
    for name in ("model/conf.py", "../../outside.toml", "null\x00", "x" * 5_000):
        assert root.path(name) == name


@pytest.mark.parametrize("record", [hostile_record(), empty_record()], ids=["hostile", "empty"])
def test_annotations_of_any_record_are_commands_of_three_kinds(record: Record) -> None:
    """And nothing else, at most ten."""
    lines = annotated(record, NOWHERE)
    assert len(lines) <= MOST
    assert {understood(line)[0] for line in lines} <= {"error", "warning", "notice"}
    assert all(len(line.splitlines()) == 1 for line in lines)


def test_a_summary_of_everything_is_under_one_mebibyte() -> None:
    """Ten thousand findings in letters of three bytes; what the step wrote before counts; a full file gets none."""
    findings = (Finding("\u4e2d" * 250 + f" {n}", Severity.HIGH) for n in range(10_000))
    record = replace(sample_record(), results=(*sample_record().results * 300, finds(*findings)))
    for taken in (0, 900_000):
        text = summary(record, taken)
        assert text is not None
        assert 8_000 < len(text.encode()) + taken < LIMIT
        assert text.startswith("## mlgate: denied\n")
    assert summary(record, LIMIT - 2_000) is None


def test_the_summary_is_the_markdown_report_with_more_room() -> None:
    """What a comment has to leave out stands in it."""
    record = replace(sample_record(), results=(finds(*(Finding(f"thing {n}") for n in range(2_000))),))
    text = GithubReporter().render(record)
    assert "thing 1999" in text
    assert "more: the record has them all." not in text


class TestPublishing:
    @pytest.fixture(autouse=True)
    def runner(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A step's files, as the runner makes them."""
        for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
            (tmp_path / name).touch()
            monkeypatch.setenv(name, str(tmp_path / name))
        monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
        monkeypatch.chdir(tmp_path)

    def test_each_goes_where_it_is_looked_for(self, tmp_path: Path) -> None:
        """The digest is the one of the record's bytes; what the step wrote before stays."""
        (tmp_path / "GITHUB_STEP_SUMMARY").write_text("before\n")
        kept = tmp_path / "record.json"
        kept.write_bytes(to_json(sample_record()))
        published = GithubReporter().publish(sample_record(), kept)
        assert published.complaints == ()
        assert len(published.lines) == MOST
        assert (tmp_path / "GITHUB_STEP_SUMMARY").read_text().startswith("before\n## mlgate: denied\n")
        assert outputs((tmp_path / "GITHUB_OUTPUT").read_text()) == {
            "verdict": "denied",
            "record": str(kept),
            "verdict-digest": f"sha256:{hashlib.sha256(kept.read_bytes()).hexdigest()}",
        }

    @pytest.mark.parametrize("name", ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"])
    def test_what_is_missing_or_unwritable_is_one_clear_line(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing else is lost by it."""
        monkeypatch.delenv(name)
        (missing,) = GithubReporter().publish(sample_record(), None).complaints
        assert missing.startswith(f"{name} is not set, so ")
        monkeypatch.setenv(name, str(tmp_path))
        (unwritable,) = GithubReporter().publish(sample_record(), None).complaints
        assert unwritable.endswith(f"could not be written to {tmp_path}, which {name} names: Is a directory.")
        (other,) = {"GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"} - {name}
        assert (tmp_path / other).stat().st_size > 0

    def test_a_full_summary_is_left_as_it_is(self, tmp_path: Path) -> None:
        """Over the limit GitHub would show nothing of it."""
        (tmp_path / "GITHUB_STEP_SUMMARY").write_text("x" * LIMIT)
        (said,) = GithubReporter().publish(sample_record(), None).complaints
        assert "is full already" in said
        assert (tmp_path / "GITHUB_STEP_SUMMARY").stat().st_size == LIMIT
