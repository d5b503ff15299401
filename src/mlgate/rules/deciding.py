"""The decision: a pure function of what was measured and of what the gate file says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mlgate.results import CheckRun, Result, Verdict, WaiverUse
from mlgate.rules import waivers as waiving
from mlgate.rules.budget import holm_level
from mlgate.rules.effects import Circumstances, Standing
from mlgate.rules.holding import Budget, budget_of, slice_p_values
from mlgate.rules.policy import CheckRules, Policy, Vouched, Waiver
from mlgate.rules.standing import absent, stand
from mlgate.rules.verdict import verdict
from mlgate.rules.voiding import with_voids


@dataclass(frozen=True, slots=True)
class Decided:
    """Every result, ordered by stage and check, the verdict over them, and what became of each waiver."""

    results: tuple[Result, ...]
    verdict: Verdict
    waivers: tuple[WaiverUse, ...]


def decide(
    runs: Sequence[CheckRun],
    rules: Mapping[str, CheckRules],
    policy: Policy,
    waivers: Sequence[Waiver],
    *,
    vouched: Sequence[Vouched] = (),
    looks: int,
    today: date,
    has_champion: bool,
) -> Decided:
    """Hold every run against the rules of its check.

    `looks` counts the candidates that the test set has judged, this one included. A check of the gate file (`required`)
    without a run is `errored`; a run without rules is recorded. The same input decides the same, in any order of runs.
    """
    pairs = [(run, rules.get(run.check) or CheckRules(run.check)) for run in runs]
    holding: tuple[Waiver | Vouched, ...] = (*waiving.holding(waivers, today), *vouched)
    at = Circumstances(policy, holding, looks, has_champion, _slice_levels(pairs, policy))
    ran = {run.check for run in runs}
    missing = [held for check, held in rules.items() if held.required and check not in ran]
    standings = with_voids(sorted([*(stand(run, held, at) for run, held in pairs), *map(absent, missing)], key=_place))
    problems = waiving.problems(waivers, standings, today)
    return Decided(
        results=tuple(each.result for each in standings),
        verdict=verdict(standings, problems),
        waivers=waiving.uses(waivers, standings, today),
    )


def _place(standing: Standing) -> tuple[int, str, str, float, str]:
    run = standing.result.run
    return standing.rules.stage, run.check, run.status, run.seconds, standing.result.reason


def _slice_levels(pairs: Sequence[tuple[CheckRun, CheckRules]], policy: Policy) -> Mapping[Budget, float]:
    """Holm's level over all slices that the rules of one budget speak of."""
    claims: dict[Budget, list[float]] = defaultdict(list)
    for run, held in pairs:
        for rule in held.rules:
            if run.measurement is not None:
                claims[budget_of(rule, held)] += slice_p_values(rule, run.measurement)
    return {budget: holm_level(p_values, policy.confidence) for budget, p_values in claims.items()}
