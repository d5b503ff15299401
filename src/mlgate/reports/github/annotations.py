"""Annotations: what is wrong, on the line of the code or of the gate file, the worst first and ten at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlgate.reports.alerts import Alert, Gravity, alerts, asked_at, trust_alerts
from mlgate.reports.github.commands import command
from mlgate.reports.problems import Problem, problems
from mlgate.reports.standing import Standing, rules_with
from mlgate.reports.terminal import harmless
from mlgate.results import Decision, Level, Location, Outcome, Record, RuleOutcome

MOST: Final = 10
"""As many of one step as GitHub shows of one kind."""
_NAMES = {Gravity.ERROR: "error", Gravity.WARNING: "warning", Gravity.NOTE: "notice"}


@dataclass(frozen=True, slots=True)
class Root:
    """The folder of the run, and that of the repository, which annotations name files from; None where unknown."""

    folder: Path
    repository: Path | None

    def path(self, file: str) -> str:
        """The file as GitHub knows it; as it stands in the record where there is no such file in the repository."""
        if self.repository is None:
            return file
        try:
            place = (self.folder / file).resolve(strict=True)
            return place.relative_to(self.repository.resolve()).as_posix()
        except (OSError, ValueError):  # absent, outside, or a name that no file can have
            return file


def annotated(record: Record, root: Root) -> list[str]:
    """One workflow command a line; where there are more than `MOST`, the last of them says how many more."""
    wrong = (alert for alert in alerts(record) if alert.standing is not Standing.RECORDED)
    found = _ranked([*_unmeasured(record), *wrong, *_undecided(record), *trust_alerts(record)])
    shown = found if len(found) <= MOST else found[: MOST - 1]
    lines = [_command(alert, root) for alert in shown]
    if len(found) > len(shown):
        said = f"and {len(found) - len(shown):,} more: the step summary and the record have them."
        lines.append(command(_NAMES[found[len(shown)].gravity], {"title": "mlgate"}, said))
    return lines


def _ranked(found: list[Alert]) -> list[Alert]:
    """The worst first; among those that are as grave, one of each check before the second of any."""
    seen: Counter[tuple[str, Gravity]] = Counter()
    keyed = []
    for alert in sorted(found, key=lambda alert: alert.rank):
        gravity, severity = alert.rank
        keyed.append(((gravity, seen[alert.check, alert.gravity], severity), alert))
        seen[alert.check, alert.gravity] += 1
    return [alert for _, alert in sorted(keyed, key=lambda pair: pair[0])]


def _unmeasured(record: Record) -> Iterator[Alert]:
    """What kept checks from running, once for all checks that share it."""
    asked = {result.check: asked_at(result, record) for result in record.results}
    for problem in problems(record, Standing.ERRORED):
        title = problem.checks[0] if len(problem.checks) == 1 else problem.headline
        yield _alert(title, _told(problem), Gravity.ERROR, asked[problem.checks[0]], Standing.ERRORED)


def _told(problem: Problem) -> str:
    checks = "" if len(problem.checks) == 1 else f" ({', '.join(problem.checks)})"
    return f"could not run: {problem.sentence}{checks}"


def _undecided(record: Record) -> Iterator[Alert]:
    """Rules that the rows are too few for; they are warnings where they decided the verdict."""
    gravity = Gravity.WARNING if record.verdict.decision is Decision.UNDECIDED else Gravity.NOTE
    for result in record.results:
        for rule in rules_with(result, Outcome.INCONCLUSIVE):
            if rule.level is not Level.OBSERVE:
                said = f"inconclusive: {_reason(rule)}"
                yield _alert(result.check, said, gravity, asked_at(result, record), Standing.INCONCLUSIVE)


def _reason(rule: RuleOutcome) -> str:
    return f"{rule.rule}: {rule.reason}" if rule.rule else rule.reason


def _alert(title: str, message: str, gravity: Gravity, place: Location | None, held: Standing) -> Alert:
    return Alert(title, message, gravity, place, held, message)


def _command(alert: Alert, root: Root) -> str:
    gravity = alert.gravity if alert.waived is None else Gravity.NOTE
    where: dict[str, str] = {}
    if alert.place is not None:
        where["file"] = root.path(alert.place.file)
        where["line"] = str(max(1, alert.place.line or 1))
    waived = "" if alert.waived is None else f" (waived: {alert.waived})"
    return command(_NAMES[gravity], {**where, "title": alert.check}, harmless(f"{alert.message}{waived}"))
