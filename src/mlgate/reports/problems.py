"""Why checks did not measure: what twenty of them share is told once."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.reports.standing import Standing, of_standing, standing
from mlgate.results import Record, Result
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
    """Those that more than one check has."""
    found = problems(record, Standing.ERRORED, Standing.SKIPPED)
    return tuple(problem for problem in found if len(problem.checks) > 1)


def sentence(result: Result) -> str:
    """Why there is no measurement."""
    return result.reason or result.run.reason or "no reason was given"
