"""A void result in every report: its number is shown, and nowhere as one that passed."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from mlgate.reports.junit import JUnitReporter
from mlgate.reports.markdown import MarkdownReporter
from mlgate.reports.standing import Standing, counts, standing
from mlgate.reports.terminal import summary
from mlgate.results import Outcome, Record, Result
from mlgate.results.record_json import from_json, to_json
from mlgate.testing.records import sample_record

WHY = "data.train_test_overlap failed"


@pytest.fixture
def record() -> Record:
    """The sample with every performance check void."""
    sample = sample_record()
    return replace(sample, results=tuple(_void(result) for result in sample.results))


def _void(result: Result) -> Result:
    return replace(result, void=WHY) if result.check.startswith("performance.") else result


def _passed(record: Record) -> Result:
    return next(each for each in record.results if each.void and each.outcome is Outcome.PASSED)


def test_what_passed_is_void_and_what_failed_stays_failed(record: Record) -> None:
    """A leak makes numbers better, not worse: what speaks against the model stands."""
    assert standing(_passed(record)) is Standing.VOID
    failed = next(each for each in record.results if each.check == "performance.roc_auc")
    assert standing(failed) is Standing.FAILED
    assert counts(record)[Standing.VOID] == 1


def test_the_terminal_marks_every_void_line(record: Record) -> None:
    """The one that passed is `void`; the failed one says so beside its reason."""
    lines = summary(record).splitlines()
    [passed] = [line for line in lines if line.startswith("v  ")]
    assert passed.split()[1] == _passed(record).check
    assert passed.split()[-3:] == ["void", "data.train_test_overlap", "failed"]
    [failed] = [line for line in lines if line.startswith("x  performance.roc_auc")]
    assert failed.endswith(f"failed        void: {WHY}")


def test_markdown_lists_what_is_void(record: Record) -> None:
    """A table of its own, with the number and the reason."""
    drawn = MarkdownReporter().render(record)
    _, _, after = drawn.partition("### Void: no evidence of how the model does on new rows")
    rows = after.partition("###")[0].strip().splitlines()
    assert rows[0] == "| Check | Measured | Because |"
    assert len(rows) - 2 == sum(each.void is not None for each in record.results)
    assert "1 void" in drawn


def test_junit_does_not_pass_it(record: Record) -> None:
    """It is skipped, with the reason, and a property says so."""
    root = ElementTree.fromstring(JUnitReporter().render(record).encode())
    name = _passed(record).check
    [skipped] = root.findall(f".//testcase[@name='{name}']/skipped")
    assert skipped.get("message") == f"void: {WHY}"
    [kept] = root.findall(f".//property[@name='{name}.void']")
    assert kept.get("value") == WHY


def test_the_record_keeps_it_and_reads_records_without_it(record: Record) -> None:
    """A key that was added: what older releases wrote has none, and nothing is void there."""
    written = json.loads(to_json(record))
    assert {each["check"]: each["void"] for each in written["results"]} == {
        each.check: each.void for each in record.results
    }
    assert from_json(to_json(record)) == record
    for each in written["results"]:
        del each["void"]
    assert all(each.void is None for each in from_json(json.dumps(written).encode()).results)
