"""What is wrong, thing by thing, each with its place: what code scanning, code quality and annotations show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mlgate.reports.phrases import trusted
from mlgate.reports.standing import Standing, rules_with, standing
from mlgate.results import Finding, Level, Location, Outcome, Record, Result, RuleOutcome, Severity


class Gravity(StrEnum):
    """How bad an alert is, in SARIF's words: only what blocks is an error. The order is that of reports."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


_OF_SEVERITY = {
    Severity.CRITICAL: Gravity.ERROR,
    Severity.HIGH: Gravity.ERROR,
    Severity.MEDIUM: Gravity.WARNING,
    Severity.LOW: Gravity.NOTE,
}
_OF_LEVEL = {Level.ENFORCE: Gravity.ERROR, Level.WARN: Gravity.WARNING, Level.OBSERVE: Gravity.NOTE}
_RANKS = {gravity: rank for rank, gravity in enumerate(Gravity)}
_SEVERITIES = {severity: rank for rank, severity in enumerate(reversed(Severity))}


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong, how bad, where; `waived` is the reason of the waiver that excuses it.

    The texts are strangers': whoever shows them escapes them. `identity` is what stays the same from run to run.
    """

    check: str
    message: str
    gravity: Gravity
    place: Location | None
    standing: Standing
    identity: str
    severity: Severity | None = None
    waived: str | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """The worst sorts first, what is excused last."""
        return _RANKS[self.gravity if self.waived is None else Gravity.NOTE], _SEVERITIES[
            self.severity or Severity.HIGH
        ]

    @property
    def fingerprint(self) -> str:
        """The same for the same thing in the same file, wherever in it: lines and figures move from run to run."""
        about = "\0".join((self.check, self.identity, self.place.file if self.place else ""))
        return hashlib.sha256(about.encode("utf-8", "backslashreplace")).hexdigest()


def alerts(record: Record) -> Iterator[Alert]:
    """One per finding, and one per failed rule of a check that found no single things."""
    for result in record.results:
        measurement = result.run.measurement
        if measurement is not None and measurement.findings:
            yield from _of_findings(measurement.findings, result, record)
        elif result.outcome is Outcome.FAILED:
            yield from (_of_rule(rule, result, record) for rule in rules_with(result, Outcome.FAILED))


def trust_alerts(record: Record) -> Iterator[Alert]:
    """One per model that somebody vouches for: a note, on the line of the gate file where it says so."""
    for trust in record.facts.trust:
        place = _place(trust.by) if trust.by.rpartition(":")[2].isdigit() else None
        yield Alert(
            "trust", trusted(trust), Gravity.NOTE, place, Standing.WAIVED, trust.digest or "the model's own code"
        )


def asked_at(result: Result, record: Record) -> Location | None:
    """The gate file's line of the check's first rule that has one; rules by default have none, and take the file."""
    places = (place for rule in result.rules if (place := _place(rule.where)) is not None)
    return next(places, None) or (Location(record.facts.gate.path, 1) if record.facts.gate.path else None)


def _of_findings(findings: tuple[Finding, ...], result: Result, record: Record) -> Iterator[Alert]:
    held, asked, waived = standing(result), asked_at(result, record), _waiver(result)
    for finding in findings:
        yield Alert(
            check=result.check,
            message=finding.message,
            gravity=_gravity(finding, held),
            place=finding.location or asked,
            standing=held,
            identity=finding.message,
            severity=finding.severity,
            waived=waived,
        )


def _of_rule(rule: RuleOutcome, result: Result, record: Record) -> Alert:
    return Alert(
        check=result.check,
        message=f"{rule.rule}: {rule.reason}" if rule.rule else rule.reason,
        gravity=_OF_LEVEL[rule.level],
        place=_place(rule.where) or asked_at(result, record),
        standing=standing(result),
        identity=rule.rule,
        waived=rule.waived,
    )


def _gravity(finding: Finding, held: Standing) -> Gravity:
    """Only what blocks is an error: code scanning fails a change on those."""
    gravity = _OF_SEVERITY[finding.severity]
    return Gravity.WARNING if gravity is Gravity.ERROR and held is not Standing.FAILED else gravity


def _waiver(result: Result) -> str | None:
    """The waiver of a check's findings: only where every failed rule has one."""
    if standing(result) is not Standing.WAIVED:
        return None
    return next((rule.waived for rule in rules_with(result, Outcome.FAILED) if rule.waived), None)


def _place(where: str | None) -> Location | None:
    """`mlgate.toml:21` as file and line."""
    if not where:
        return None
    file, colon, line = where.rpartition(":")
    return Location(file, int(line)) if colon and line.isascii() and line.isdigit() else Location(where)
