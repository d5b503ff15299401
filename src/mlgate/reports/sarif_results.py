"""What SARIF's results say of each check, before any JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote

from mlgate.reports.standing import Standing, rules_with, standing
from mlgate.reports.terminal import harmless
from mlgate.results import Finding, Json, Location, Outcome, Record, Result, RuleOutcome, Severity

_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_RANKS = {level: rank for rank, level in enumerate(("error", "warning", "note"))}


@dataclass(frozen=True, slots=True)
class Alert:
    """One result: what is wrong, how bad, where; `waived` is the reason of the waiver that suppresses it."""

    check: str
    message: str
    level: str
    place: Location | None
    standing: Standing
    severity: Severity | None = None
    waived: str | None = None

    @property
    def rank(self) -> int:
        return _RANKS[self.level]

    def as_json(self) -> Json:
        """A `result` object."""
        facts: dict[str, Json] = {"standing": self.standing.value}
        if self.severity is not None:
            facts["severity"] = self.severity.value
        told: dict[str, Json] = {
            "ruleId": self.check,
            "level": self.level,
            "message": {"text": self.message},
            "partialFingerprints": {"mlgateFinding/v1": self._fingerprint()},
            "properties": facts,
        }
        if self.place is not None:
            told["locations"] = [{"physicalLocation": _physical(self.place)}]
        if self.waived is not None:
            told["suppressions"] = [{"kind": "external", "status": "accepted", "justification": self.waived}]
        return told

    def _fingerprint(self) -> str:
        """The same for the same finding in the same file, wherever in it: lines move from run to run."""
        about = "\0".join((self.check, self.message, self.place.file if self.place else ""))
        return hashlib.sha256(about.encode("utf-8", "backslashreplace")).hexdigest()


def alerts(record: Record) -> Iterator[Alert]:
    """One per finding, and one per failed rule of a check that found no single things."""
    for result in record.results:
        measurement = result.run.measurement
        if measurement is not None and measurement.findings:
            yield from (_of_finding(finding, result, record) for finding in measurement.findings)
        elif result.outcome is Outcome.FAILED:
            yield from (_of_rule(rule, result, record) for rule in rules_with(result, Outcome.FAILED))


def inline(text: str) -> str:
    """One harmless line, in which no bracket begins a link as SARIF's messages may hold them."""
    return harmless(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _of_finding(finding: Finding, result: Result, record: Record) -> Alert:
    return Alert(
        check=inline(result.check),
        message=inline(finding.message),
        level=_level(finding, standing(result)),
        place=finding.location or _asked_at(result, record),
        standing=standing(result),
        severity=finding.severity,
        waived=_waiver(result),
    )


def _of_rule(rule: RuleOutcome, result: Result, record: Record) -> Alert:
    return Alert(
        check=inline(result.check),
        message=inline(f"{rule.rule}: {rule.reason}" if rule.rule else rule.reason),
        level={"enforce": "error", "warn": "warning"}.get(rule.level, "note"),
        place=_place(rule.where) or _asked_at(result, record),
        standing=standing(result),
        waived=inline(rule.waived) if rule.waived else None,
    )


def _level(finding: Finding, held: Standing) -> str:
    """Only what blocks is an error: code scanning fails a change on those."""
    level = _LEVELS[finding.severity]
    return "warning" if level == "error" and held is not Standing.FAILED else level


def _waiver(result: Result) -> str | None:
    """The waiver of a check's findings: only where every failed rule has one."""
    reasons = [rule.waived for rule in rules_with(result, Outcome.FAILED)]
    return inline(reasons[0] or "") if standing(result) is Standing.WAIVED and reasons else None


def _asked_at(result: Result, record: Record) -> Location | None:
    """The gate file's line of the check's first rule that has one; rules by default have none, and take the file."""
    places = [place for rule in result.rules if (place := _place(rule.where)) is not None]
    if places:
        return places[0]
    return Location(record.facts.gate.path, 1) if record.facts.gate.path else None


def _place(where: str | None) -> Location | None:
    """`mlgate.toml:21` as file and line."""
    if not where:
        return None
    file, colon, line = where.rpartition(":")
    return Location(file, int(line)) if colon and line.isascii() and line.isdigit() else Location(where)


def _physical(place: Location) -> Json:
    line = place.line if place.line is not None and place.line >= 1 else 1  # code scanning leaves out what has none
    return {"artifactLocation": {"uri": _uri(place.file)}, "region": {"startLine": line}}


def _uri(file: str) -> str:
    """A relative reference, or `file://` for an absolute path; every character that means something is encoded."""
    windows = PureWindowsPath(file)
    path = windows.as_posix() if windows.drive else file
    encoded = quote(path.encode("utf-8", "backslashreplace"))
    if windows.drive:
        return f"file:///{encoded}"
    return f"file://{encoded}" if PurePosixPath(path).is_absolute() else encoded
