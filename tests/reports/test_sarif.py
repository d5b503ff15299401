"""SARIF, held by the schema of its standard."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from mlgate.reports.sarif import MOST, SarifReporter
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
from mlgate.testing.hostile import HOSTILE, hostile_record
from mlgate.testing.records import sample_record

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))


def empty_record() -> Record:
    """A run in which nothing ran."""
    return replace(sample_record(), results=(), waivers=(), verdict=Verdict(Decision.DENIED, ("nothing ran",), 5))


def found(*findings: Finding, where: str | None = "mlgate.toml:7", waived: str | None = None) -> Record:
    """A run of one check that found these."""
    rule = RuleOutcome("no_findings()", Outcome.FAILED, Level.ENFORCE, "found some", where=where, waived=waived)
    run = CheckRun("security.code", RunStatus.MEASURED, 0.1, Measurement(findings=findings))
    result = Result(run, Outcome.FAILED, Level.ENFORCE, rule.rule, rule.reason, (rule,))
    return replace(sample_record(), results=(result,))


def drawn(record: Record) -> dict[str, Any]:
    """The one run of the report."""
    document = json.loads(SarifReporter().render(record))
    assert len(document["runs"]) == 1
    run: dict[str, Any] = document["runs"][0]
    return run


@pytest.mark.parametrize("record", [sample_record, hostile_record, empty_record])
def test_the_standards_schema_accepts_every_report(record: Callable[[], Record]) -> None:
    """Formats included, whatever the record holds."""
    validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    assert [error.message for error in validator.iter_errors(json.loads(SarifReporter().render(record())))] == []


def test_each_finding_stands_at_its_own_line() -> None:
    """Code scanning shows it in the file."""
    place = Location("model/conf.py", 3)
    (result,) = drawn(found(Finding("a private key", Severity.HIGH, place)))["results"]
    (location,) = result["locations"]
    assert location == {"physicalLocation": {"artifactLocation": {"uri": "model/conf.py"}, "region": {"startLine": 3}}}
    assert (result["ruleId"], result["level"], result["message"]["text"]) == ("security.code", "error", "a private key")


@pytest.mark.parametrize(("where", "line"), [("mlgate.toml:7", 7), (None, 1)])
def test_a_finding_without_a_place_stands_at_the_gate_files_line(where: str | None, line: int) -> None:
    """The rule that asked for it; a rule by default has no line, and takes the file."""
    (result,) = drawn(found(Finding("no signature"), where=where))["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert (physical["artifactLocation"]["uri"], physical["region"]["startLine"]) == ("mlgate.toml", line)


def test_a_failed_rule_without_findings_is_a_result_at_its_line() -> None:
    """A metric that is too low is seen where it is asked for."""
    (auc,) = [result for result in drawn(sample_record())["results"] if result["ruleId"] == "performance.roc_auc"]
    physical = auc["locations"][0]["physicalLocation"]
    assert (physical["artifactLocation"]["uri"], physical["region"]["startLine"]) == ("mlgate.toml", 21)
    assert auc["level"] == "error"


def test_what_is_waived_is_suppressed_with_its_reason() -> None:
    """Code scanning closes suppressed alerts, and keeps why."""
    (result,) = drawn(found(Finding("a key", Severity.CRITICAL), waived="ticket 412"))["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "ticket 412"}]
    assert result["level"] == "warning"


def test_checks_that_could_not_run_are_told_and_the_run_was_no_success() -> None:
    """No result must not read as nothing found."""
    (invocation,) = drawn(sample_record())["invocations"]
    levels = {note["descriptor"]["id"]: note["level"] for note in invocation["toolExecutionNotifications"]}
    assert invocation["executionSuccessful"] is False
    assert levels["business.profit_per_loan"] == "error"
    assert levels["performance.mae"] == "note"


def test_more_results_than_a_server_keeps_lose_the_least() -> None:
    """The worst come first, and what was left out is counted."""
    lesser = [Finding(f"lesser {number}", Severity.LOW) for number in range(MOST + 10)]
    run = drawn(found(*lesser, Finding("the worst", Severity.CRITICAL)))
    assert len(run["results"]) == MOST
    assert run["results"][0]["message"]["text"] == "the worst"
    assert run["properties"]["resultsLeftOut"] == 11


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_has_no_effect(text: str) -> None:
    """No control character, no order to a CI server, no link, and a file that is a URI."""
    report = SarifReporter().render(found(Finding(text, location=Location(text, 1))))
    (result,) = json.loads(report)["runs"][0]["results"]
    said = result["message"]["text"]
    assert report.isascii()
    assert not any(line.lstrip().startswith(("::", "##")) for line in report.splitlines())
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in said)
    assert "](" not in said.replace("\\](", "")
    assert set(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%"
    ) | {":"}
