"""SARIF 2.1.0, for code scanning: each finding with its file and line.

A finding without a place of its own, and a rule that failed without findings, stand at the line of the gate file that
asked for them. A waived result is *suppressed*; a check that could not run is a notification of the invocation, since
it says nothing about any file.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mlgate.reports.alerts import Alert, alerts
from mlgate.reports.ascii_json import ascii_json
from mlgate.reports.phrases import trusted
from mlgate.reports.problems import sentence
from mlgate.reports.sarif_results import inline, result_of
from mlgate.reports.standing import Standing, of_standing
from mlgate.results import Json, Record, Severity, Trust

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST: Final = 5_000
"""As many results of one run as GitHub keeps; the worst stay."""
_SCORES = {Severity.CRITICAL: 9.5, Severity.HIGH: 8.0, Severity.MEDIUM: 5.0, Severity.LOW: 2.0}
"""In the bands in which GitHub reads `security-severity`: above 9 critical, from 7 high, from 4 medium."""


@dataclass(frozen=True, slots=True)
class SarifReporter:
    """Draws what is wrong for the code scanning of GitHub, GitLab and editors."""

    def render(self, record: Record) -> str:
        """Strict JSON in ASCII, so that no text in it does anything on its way."""
        found = list(alerts(record))
        kept = sorted(found, key=lambda alert: alert.rank)[:MOST]
        run: dict[str, Json] = {
            "tool": {"driver": {"name": "mlgate", "version": inline(record.facts.mlgate), "rules": _rules(kept)}},
            "invocations": [_invocation(record)],
            "results": [result_of(alert) for alert in kept],
            "properties": {
                "verdict": record.verdict.decision.value,
                "run": inline(record.facts.id),
                "resultsLeftOut": len(found) - len(kept),
                "trust": [_trust(each) for each in record.facts.trust],
            },
        }
        return ascii_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(found: list[Alert]) -> list[Json]:
    """One rule per check that found something."""
    severities: dict[str, set[Severity]] = {}
    for alert in found:
        severities.setdefault(alert.check, set()).update(filter(None, (alert.severity,)))
    return [_rule(inline(check), seen) for check, seen in severities.items()]


def _rule(check: str, severities: set[Severity]) -> Json:
    family = check.partition(".")[0]
    properties: dict[str, Json] = {"tags": [family]}
    if family == "security" and severities:
        properties["security-severity"] = f"{max(_SCORES[each] for each in severities):.1f}"
    return {
        "id": check,
        "shortDescription": {"text": check},
        "help": {"text": f"mlgate explain {check} says what it measures and how to mend it."},
        "properties": properties,
    }


def _invocation(record: Record) -> dict[str, Json]:
    return {
        "executionSuccessful": record.complete and not of_standing(record, Standing.ERRORED),
        "exitCode": record.verdict.exit_code,
        "toolExecutionNotifications": list(_notifications(record)),
    }


def _trust(trust: Trust) -> Json:
    return {
        "model": None if trust.model is None else inline(trust.model),
        "digest": None if trust.digest is None else inline(trust.digest),
        "by": inline(trust.by),
        "overrides": [inline(message) for message in trust.overrides],
    }


def _notifications(record: Record) -> Iterator[Json]:
    """What kept checks from saying anything, for no result is not the same as nothing found; and what is trusted."""
    for trust in record.facts.trust:
        said = inline(f"Trusted model: {trusted(trust)}")
        yield {"level": "note", "message": {"text": said}, "descriptor": {"id": "trust"}}
    for result in of_standing(record, Standing.ERRORED, Standing.SKIPPED):
        level = "error" if result.outcome.value == "errored" else "note"
        said = inline(f"{result.check}: {sentence(result)}")
        yield {"level": level, "message": {"text": said}, "descriptor": {"id": inline(result.check)}}
