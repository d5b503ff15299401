"""GitLab's Code Quality report: the keys that GitLab asks for, and fingerprints that stay."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mlgate.reports.gitlab import MOST, GitlabReporter
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
from mlgate.testing.hostile import hostile_record
from mlgate.testing.records import sample_record

# The table "Code Quality report format" of GitLab's documentation, as a schema.
FORMAT = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./).+"},
                    "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}


def drawn(record: Record) -> list[dict[str, Any]]:
    issues: list[dict[str, Any]] = json.loads(GitlabReporter().render(record))
    return issues


def found(*findings: Finding) -> Record:
    """A run of one check that found these."""
    rule = RuleOutcome("no_findings", Outcome.FAILED, Level.ENFORCE, "found some", where="mlgate.toml:7")
    run = CheckRun("security.code", RunStatus.MEASURED, 0.1, Measurement(findings=findings))
    return replace(sample_record(), results=(Result(run, Outcome.FAILED, Level.ENFORCE, "r", "found", (rule,)),))


def empty_record() -> Record:
    """A run in which nothing ran."""
    return replace(sample_record(), results=(), waivers=(), verdict=Verdict(Decision.DENIED, ("nothing ran",), 5))


@pytest.mark.parametrize("record", [sample_record(), hostile_record(), empty_record()], ids=["some", "hostile", "none"])
def test_every_report_is_in_gitlabs_format(record: Record) -> None:
    """And in ASCII, each fingerprint once: GitLab takes two of one for one."""
    issues = drawn(record)
    assert [error.message for error in Draft202012Validator(FORMAT).iter_errors(issues)] == []
    assert GitlabReporter().render(record).isascii()
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_what_is_wrong_stands_at_its_line_with_its_severity() -> None:
    """Blocking is critical, a warning major, a low finding minor, what is waived info; unmeasured is no silence."""
    told = {
        (issue["check_name"], issue["location"]["path"], issue["location"]["lines"]["begin"], issue["severity"])
        for issue in drawn(sample_record())
    }
    assert told == {
        ("performance.roc_auc", "mlgate.toml", 21, "critical"),
        ("security.secrets", "model/conf.py", 3, "critical"),
        ("security.secrets", "README.md", 1, "minor"),
        ("business.revenue", "mlgate.toml", 1, "major"),
        ("data.duplicates", "mlgate.toml", 1, "info"),
        ("trust", "mlgate.toml", 1, "info"),
        ("trust", "mlgate.toml", 3, "info"),
        ("performance.overfit", "mlgate.toml", 1, "critical"),
        ("data.train_test_overlap", "mlgate.toml", 1, "critical"),
        ("business.profit_per_loan", "mlgate.toml", 1, "critical"),
    }


def test_a_fingerprint_outlives_figures_and_lines() -> None:
    """The same rule broken by another number, and the same finding on another line, are no new problems."""
    sample = sample_record()
    moved = [
        replace(result, rules=tuple(replace(rule, reason=f"{rule.reason}, or so") for rule in result.rules))
        for result in sample.results
    ]
    other = drawn(replace(sample, results=tuple(moved)))
    assert {issue["fingerprint"] for issue in other} == {issue["fingerprint"] for issue in drawn(sample)}
    at = [drawn(found(Finding("a key", Severity.HIGH, Location("conf.py", line))))[0] for line in (3, 30)]
    assert at[0]["fingerprint"] == at[1]["fingerprint"]
    assert [issue["location"]["lines"]["begin"] for issue in at] == [3, 30]


def test_of_ten_thousand_findings_the_worst_stay_and_the_rest_is_counted() -> None:
    """The last object says how many more."""
    lesser = [Finding(f"lesser {number}", Severity.LOW) for number in range(10_000)]
    issues = drawn(found(*lesser, Finding("the worst", Severity.CRITICAL)))
    assert (issues[0]["description"], issues[0]["severity"]) == ("security.code: the worst", "blocker")
    assert len(issues) == MOST + 1
    assert issues[-1]["description"].startswith("mlgate: 5,003 more are in the record")
