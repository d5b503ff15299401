"""Lines of a terminal that no text in a record can forge."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.reports.markdown import MarkdownReporter
from mlgate.reports.phrases import measured
from mlgate.reports.terminal import harmless, summary
from mlgate.results import CheckRun, Level, Measurement, Outcome, Result, RunStatus
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


def test_what_speaks_against_numbers_is_told_once_wherever_the_checks_stand() -> None:
    record = sample_record()
    both = [(each, each.run.measurement) for each in record.results if each.run.measurement is not None][:2]
    doubted = [
        replace(each, run=replace(each.run, measurement=replace(measurement, notes=("In doubt: row 3.",))))
        for each, measurement in both
        if measurement is not None
    ]
    names = ", ".join(each.check for each in doubted)
    told = f"row 3. 2 checks: {names}"
    doubtful = replace(record, results=tuple(doubted))
    assert summary(doubtful).count(f"In doubt: {told}") == 1
    assert told.replace("_", "\\_") in MarkdownReporter().render(doubtful)


def test_checks_of_other_tasks_are_one_line_and_stand_with_their_reasons_in_the_report() -> None:
    """Fourteen metrics of other tasks say nothing about this model; one that a rule asks for keeps its line."""
    names = ("top_k", "macro_f1", "ovr_auc")
    runs = [CheckRun(f"performance.{n}", RunStatus.SKIPPED, 0.0, reason=f"{n} is not for binary.") for n in names]
    results = [Result(run, Outcome.SKIPPED, Level.ENFORCE, None, run.reason or "") for run in runs]
    asked = replace(results[0], run=replace(runs[0], check="performance.r2"), rule="at_least(0.5)")
    record = replace(sample_record(), results=(*results, asked))
    text = summary(record)
    assert "-  3 checks do not apply here: `--report markdown=PATH` says why of each" in text.splitlines()
    assert "macro_f1" not in text
    assert "performance.r2" in text
    report = MarkdownReporter().render(record)
    assert "<details><summary>3 of them do not apply here</summary>" in report
    assert all(
        f"| performance.{n.replace('_', chr(92) + '_')} | {n.replace('_', chr(92) + '_')} is" in report for n in names
    )


def test_an_error_of_a_regression_is_told_in_the_labels_unit() -> None:
    """`346 label` is no unit that anybody knows."""
    measurement = Measurement.mean([340.0, 352.0, 346.0], unit="label")
    assert re.fullmatch(r"346 \[\d+, \d+\] in the label's unit", measured(measurement, 0.95))


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
