"""`no_findings`: nothing wrong was found, from a severity on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mlgate.results import Finding, Measurement, Outcome, Severity
from mlgate.rules.accepted import Levels
from mlgate.rules.judgement import Judgement
from mlgate.rules.numbers import count

_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class NoFindings:
    """No finding of `severity` or worse."""

    name: ClassVar[str] = "no_findings"
    severity: Severity = Severity.LOW

    def __str__(self) -> str:
        return "no_findings()" if self.severity is _ORDER[0] else f"no_findings({self.severity})"

    def judge(self, measurement: Measurement, levels: Levels, better: str) -> Judgement:
        counting = [each for each in measurement.findings if _rank(each) >= _ORDER.index(self.severity)]
        spared = len(measurement.findings) - len(counting)
        lesser = f" ({count(spared, 'lesser one')} not counted)" if spared else ""
        scope = "" if self.severity is _ORDER[0] else f" of {self.severity} severity or worse"
        if not counting:
            return Judgement(Outcome.PASSED, f"no findings{scope}{lesser}")
        worst = max(counting, key=_rank)  # the first of the worst
        return Judgement(
            Outcome.FAILED, f"{count(len(counting), 'finding')}{scope}{lesser}: {_told(worst, len(counting))}"
        )

    def without_champion(self) -> NoFindings:
        return self

    def slice_p_values(self, measurement: Measurement) -> tuple[float, ...]:
        return ()


def _rank(finding: Finding) -> int:
    return _ORDER.index(finding.severity)


def _told(finding: Finding, total: int) -> str:
    place = ""
    if finding.location is not None:
        line = f":{finding.location.line}" if finding.location.line is not None else ""
        place = f" ({finding.location.file}{line})"
    more = f", and {total - 1:,} more" if total > 1 else ""
    return f"{finding.message.rstrip('.')}{place}{more}"
