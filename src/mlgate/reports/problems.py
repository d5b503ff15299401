"""Why checks did not measure: what twenty of them share is told once."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.reports.standing import Standing, of_standing, standing
from mlgate.results import IN_DOUBT, Record, Result
from mlgate.rules.numbers import count


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence that kept `checks` from measuring; `cause` is the resource that could not be made."""

    sentence: str
    cause: str | None
    standing: Standing
    checks: tuple[str, ...]

    @property
    def headline(self) -> str:
        """`12 checks need scored_test`, `2 checks could not run`, or the one check's id."""
        how_many = count(len(self.checks), "check")
        if self.cause:
            return f"{how_many} {'needs' if len(self.checks) == 1 else 'need'} {self.cause}"
        if len(self.checks) == 1:
            return self.checks[0]
        return f"{how_many} {'skipped' if self.standing is Standing.SKIPPED else 'could not run'}"


def problems(record: Record, *standings: Standing) -> tuple[Problem, ...]:
    """The problems of the checks that stand so, in the order in which the record tells them."""
    alike: dict[tuple[str, str | None, Standing], list[str]] = {}
    for result in of_standing(record, *standings):
        alike.setdefault((sentence(result), result.run.cause, standing(result)), []).append(result.check)
    return tuple(Problem(*shared, tuple(checks)) for shared, checks in alike.items())


def shared_problems(record: Record) -> tuple[Problem, ...]:
    """Those that more than one check has; what does not apply is no problem."""
    found = problems(record, Standing.ERRORED, Standing.SKIPPED)
    aside = {result.check for result in inapplicable(record)}
    return tuple(problem for problem in found if len(problem.checks) > 1 and aside.isdisjoint(problem.checks))


def doubts(record: Record) -> tuple[str, ...]:
    """What speaks against trusting numbers, each once, then the checks whose numbers they are."""
    told: dict[str, list[str]] = {}
    for result in record.results:
        for note in () if result.run.measurement is None else result.run.measurement.notes:
            if note.startswith(IN_DOUBT):
                told.setdefault(note, []).append(result.check)
    return tuple(f"{note} {count(len(checks), 'check')}: {', '.join(checks)}" for note, checks in told.items())


def inapplicable(record: Record) -> tuple[Result, ...]:
    """The checks that no rule asks for and that skipped themselves, as a metric of another task does.

    None where there is but one: it takes no more room than the line that would stand for it.
    """
    skipped = of_standing(record, Standing.SKIPPED)
    found = tuple(result for result in skipped if result.run.cause is None and result.rule is None)
    return found if len(found) > 1 else ()


def sentence(result: Result) -> str:
    """Why there is no measurement."""
    return result.reason or result.run.reason or "no reason was given"
