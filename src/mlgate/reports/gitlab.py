"""GitLab's Code Quality report: what is wrong, beside the lines of a merge request.

GitLab reads a list of objects, each with `description`, `check_name`, `fingerprint`, `severity` and a location; two
objects of one fingerprint are one to it. A path is relative to the repository and does not begin with `./`.
https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Final

from mlgate.reports.alerts import Alert, Gravity, alerts, asked_at, trust_alerts
from mlgate.reports.ascii_json import ascii_json
from mlgate.reports.problems import sentence
from mlgate.reports.standing import Standing, of_standing
from mlgate.reports.terminal import harmless
from mlgate.results import Json, Location, Record, Severity

MOST: Final = 5_000
"""The worst stay; more would not be read, and a report of many megabytes is not taken."""
_SEVERITIES = {Gravity.ERROR: "critical", Gravity.WARNING: "major", Gravity.NOTE: "minor"}


@dataclass(frozen=True, slots=True)
class GitlabReporter:
    """Draws what is wrong for a merge request."""

    def render(self, record: Record) -> str:
        """A JSON list in ASCII, so that no text in it does anything on its way."""
        found = sorted((*_unmeasured(record), *alerts(record), *trust_alerts(record)), key=lambda alert: alert.rank)
        kept, seen = found[:MOST], Counter[str]()
        told = [_issue(alert, seen) for alert in kept]
        if len(found) > len(kept):
            left_out = Alert(
                "mlgate", _left_out(record, len(found) - len(kept)), Gravity.NOTE, None, Standing.FAILED, ""
            )
            told.append(_issue(left_out, seen))
        return ascii_json(told)


def _unmeasured(record: Record) -> Iterator[Alert]:
    """A check that could not run: an empty list would read as nothing found."""
    for result in of_standing(record, Standing.ERRORED):
        said = f"could not run: {sentence(result)}"
        yield Alert(result.check, said, Gravity.ERROR, asked_at(result, record), Standing.ERRORED, "could not run")


def _left_out(record: Record, many: int) -> str:
    return f"{many:,} more are in the record of run {record.facts.id}."


def _issue(alert: Alert, seen: Counter[str]) -> Json:
    """One object; a second thing that is the same in every word has a fingerprint of its own."""
    again = seen[alert.fingerprint]
    seen[alert.fingerprint] += 1
    distinct = sha256(f"{alert.fingerprint} {again}".encode()).hexdigest() if again else alert.fingerprint
    waived = "" if alert.waived is None else f" (waived: {alert.waived})"
    return {
        "description": harmless(f"{alert.check}: {alert.message}{waived}"),
        "check_name": harmless(alert.check),
        "fingerprint": distinct,
        "severity": _severity(alert),
        "location": _location(alert.place),
    }


def _severity(alert: Alert) -> str:
    if alert.standing is Standing.WAIVED:
        return "info"
    if alert.gravity is Gravity.ERROR and alert.severity is Severity.CRITICAL:
        return "blocker"
    return _SEVERITIES[alert.gravity]


def _location(place: Location | None) -> Json:
    """What has no place stands at the gate file, whether or not there is one: GitLab refuses what has none."""
    file = harmless(PurePath(place.file).as_posix()) if place else ""
    line = place.line if place and place.line is not None and place.line >= 1 else 1
    return {"path": file if file.strip("./") else "mlgate.toml", "lines": {"begin": line}}
