"""Lines of a terminal that no text in a record can forge."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.reports.markdown import MarkdownReporter
from mlgate.reports.terminal import harmless, summary
from mlgate.results import CheckRun, Level, Outcome, Result, RunStatus
from mlgate.testing.hostile import HOSTILE, hostile_record
from mlgate.testing.records import sample_record


@given(st.text() | st.sampled_from(HOSTILE))
def test_any_text_becomes_one_line_that_moves_nothing(text: str) -> None:
    """No control or format characters, no line's end, no order to a CI server, at most 300 characters seen."""
    line = harmless(text)
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not line.startswith("::")
    assert "##[" not in line
    assert harmless(line).startswith(line[:290])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("one\r\nmlgate: allowed", "one mlgate: allowed"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("::set-env name=A::b", ": :set-env name=A::b"),
        ("x ##[error]y ##vso[task]", "x # #[error]y # #vso[task]"),
        ("Zürich, 東京", "Zürich, 東京"),
    ],
)
def test_what_would_act_is_shown_instead(text: str, line: str) -> None:
    """The reader sees that it was there."""
    assert harmless(text) == line


def test_hostile_names_add_no_line() -> None:
    """The hostile record has as many lines as the sample, where no two checks share one sentence."""
    apart = replace(sample_record(), results=tuple(r for r in sample_record().results if r.run.cause is None))
    hostile = replace(hostile_record(), results=tuple(r for r in hostile_record().results if r.run.cause is None))
    assert len(summary(hostile).splitlines()) == len(summary(apart).splitlines())


def test_checks_that_share_a_problem_are_one_message() -> None:
    """Twelve checks on one unreadable table are one sentence, and nothing is hidden."""
    runs = [
        CheckRun(f"performance.m{n}", RunStatus.ERRORED, 0.0, reason="test.csv is empty.", cause="scored_test")
        for n in range(12)
    ]
    results = tuple(Result(run, Outcome.ERRORED, Level.ENFORCE, None, run.reason or "") for run in runs)
    lines = summary(replace(sample_record(), results=results)).splitlines()
    assert "!  12 checks need scored_test: test.csv is empty." in lines
    assert sum("test.csv is empty." in line for line in lines) == 1
    assert f"   {', '.join(run.check for run in runs)}" in lines


def test_a_run_in_which_nothing_ran_still_has_a_summary() -> None:
    """No checks, no table of checks."""
    record = replace(sample_record(), results=(), waivers=())
    assert summary(record).splitlines()[0] == "mlgate: denied (exit code 1)"


def test_checks_that_the_caller_left_out_are_named() -> None:
    """Such a run promotes nothing, so its reader has to know, in the terminal as in a comment."""
    gate = replace(sample_record().facts.gate, left_out=("data.schema", "data.drift"))
    record = replace(sample_record(), facts=replace(sample_record().facts, gate=gate))
    assert "left out   data.schema, data.drift" in summary(record).splitlines()
    report = MarkdownReporter().render(record)
    assert "### Left out of this run, which therefore promotes nothing\n\n- data.schema\n- data.drift\n" in report
