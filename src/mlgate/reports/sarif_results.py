"""SARIF's results: an alert as code scanning reads it."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote

from mlgate.reports.alerts import Alert
from mlgate.reports.terminal import harmless
from mlgate.results import Json, Location


def inline(text: str) -> str:
    """One harmless line, in which no bracket begins a link as SARIF's messages may hold them."""
    return harmless(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def result_of(alert: Alert) -> Json:
    """A `result` object."""
    facts: dict[str, Json] = {"standing": alert.standing.value}
    if alert.severity is not None:
        facts["severity"] = alert.severity.value
    told: dict[str, Json] = {
        "ruleId": inline(alert.check),
        "level": alert.gravity.value,
        "message": {"text": inline(alert.message)},
        "partialFingerprints": {"mlgateFinding/v1": alert.fingerprint},
        "properties": facts,
    }
    if alert.place is not None:
        told["locations"] = [{"physicalLocation": _physical(alert.place)}]
    if alert.waived is not None:
        told["suppressions"] = [{"kind": "external", "status": "accepted", "justification": inline(alert.waived)}]
    return told


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
