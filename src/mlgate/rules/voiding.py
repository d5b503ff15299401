"""Results that another check's failure makes no evidence: a model that saw its test rows is not measured by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from mlgate.results import Level, Outcome, RuleOutcome
from mlgate.rules.effects import Standing
from mlgate.rules.numbers import count, some

_SHOWN = 3


def with_voids(standings: Iterable[Standing]) -> list[Standing]:
    """Mark every measurement that a failed check voids.

    An enforcing rule that failed voids, waived or not: a waiver says that somebody answers for it, and makes no
    evidence of a number.
    """
    known = list(standings)
    voiding = [each for each in known if _failed(each)]
    return [_marked(each, voiding) for each in known] if voiding else known


def void_reasons(standings: Sequence[Standing]) -> Iterator[str]:
    """What is void and why: checks that void the same results are one sentence, which names the first of these."""
    groups: dict[tuple[str, ...], list[Standing]] = {}
    for each in standings:
        names = tuple(other.result.check for other in standings if _failed(each) and _voids(each, other))
        groups.setdefault(names, []).append(each)
    for names, voiding in groups.items():
        if names:
            who = " and ".join(f"{each.result.check}{_waiver(each)}" for each in voiding)
            yield (
                f"{who} {'voids' if len(voiding) == 1 else 'void'} {count(len(names), 'result')} of this run "
                f"({some(names, _SHOWN)}): {'it is' if len(names) == 1 else 'they are'} no evidence of how "
                "the model does on new rows."
            )


def _marked(standing: Standing, voiding: Sequence[Standing]) -> Standing:
    said = "; ".join(f"{each.result.check} failed{_waiver(each)}" for each in voiding if _voids(each, standing))
    return replace(standing, result=replace(standing.result, void=said)) if said else standing


def _voids(voiding: Standing, other: Standing) -> bool:
    if other.result.run.measurement is None or other is voiding:
        return False
    return any(fnmatchcase(other.result.check, pattern) for pattern in voiding.rules.voids)


def _failed(standing: Standing) -> bool:
    return bool(standing.rules.voids and _failures(standing))


def _waiver(standing: Standing) -> str:
    return " (waived)" if all(rule.waived is not None for rule in _failures(standing)) else ""


def _failures(standing: Standing) -> list[RuleOutcome]:
    rules = standing.result.rules
    return [rule for rule in rules if rule.outcome is Outcome.FAILED and rule.level is Level.ENFORCE]
