"""From the standing of every check to the verdict, with every reason, the most telling first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlgate.errors import ExitCode
from mlgate.results import Decision, Level, Outcome, RunStatus, Verdict
from mlgate.rules.effects import Effect, Standing
from mlgate.rules.numbers import count, some
from mlgate.rules.voiding import void_reasons

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Reason:
    """One sentence of the verdict; `stage` orders it, and an earlier stage that denied makes it information."""

    stage: int
    effect: Effect
    check: str
    text: str


def verdict(standings: Sequence[Standing], waiver_problems: Sequence[str]) -> Verdict:
    """The decision over all checks. What is wrong with waivers denies by itself."""
    effects = {standing.effect for standing in standings}
    gaps = _gaps(standings, effects)
    nothing_ran = not _ran(standings)
    reasons = (*gaps, *_ordered(standings), *void_reasons(standings), *waiver_problems)
    if nothing_ran:
        return Verdict(Decision.DENIED, reasons, ExitCode.NOTHING_RAN)
    if Effect.DENIES in effects or gaps or waiver_problems:
        return Verdict(Decision.DENIED, reasons, ExitCode.DENIED)
    if Effect.COULD_NOT_RUN in effects:
        return Verdict(Decision.DENIED, reasons, ExitCode.COULD_NOT_RUN)
    if Effect.UNDECIDES in effects:
        return Verdict(Decision.UNDECIDED, reasons, ExitCode.UNDECIDED)
    return Verdict(Decision.ALLOWED, tuple(_allowed(standings)), ExitCode.ALLOWED)


def _ran(standings: Iterable[Standing]) -> bool:
    return any(each.present and each.result.run.status is not RunStatus.SKIPPED for each in standings)


def _gaps(standings: Sequence[Standing], effects: set[Effect]) -> tuple[str, ...]:
    """A gate that asked nothing has nothing to allow."""
    if not _ran(standings):
        return ("nothing was measured: no check ran on this candidate.",)
    if effects & {Effect.DENIES, Effect.COULD_NOT_RUN} or any(_counts(each) for each in standings):
        return ()
    return ("no enforcing rule was held against this run: state one in the gate file, as at_least or at_most.",)


def _counts(standing: Standing) -> bool:
    return standing.enforced and standing.result.void is None


def _ordered(standings: Sequence[Standing]) -> list[str]:
    reasons = sorted(
        _reasons(standings), key=lambda each: (each.effect is Effect.UNDECIDES, each.stage, -each.effect, each.check)
    )
    denials = [each for each in reasons if each.effect is not Effect.UNDECIDES]
    if not denials:
        return [each.text for each in reasons]
    first = denials[0]
    return [each.text + _as_information(each, first) for each in reasons]


def _as_information(reason: _Reason, first: _Reason) -> str:
    later = reason.effect is not Effect.UNDECIDES and reason.stage > first.stage
    return f" (for information: {first.check} was denied first)" if later else ""


def _reasons(standings: Sequence[Standing]) -> Iterable[_Reason]:
    for group in _alike(standings):
        first, stage = group[0], group[0].rules.stage
        names = [each.result.check for each in group]
        for effect, text in first.reasons:
            told = f"{names[0]}: {text}" if len(group) == 1 else _together(first, names, text)
            yield _Reason(stage, effect, names[0], told)


def _alike(standings: Sequence[Standing]) -> Iterable[list[Standing]]:
    """Checks that failed for the same reason, or want of the same resource, are one group, and one message."""
    groups: dict[object, list[Standing]] = {}
    for place, each in enumerate(standings):
        run = each.result.run
        key = (run.cause, None if run.cause else each.rules.stage, each.reasons) if each.reasons else place
        groups.setdefault(key, []).append(each)
    return groups.values()


def _together(first: Standing, names: Sequence[str], text: str) -> str:
    cause = first.result.run.cause
    return f"{count(len(names), 'check')} ({some(names, _SHOWN)}){f' need {cause}' if cause else ''}: {text}"


def _allowed(standings: Sequence[Standing]) -> Iterable[str]:
    outcomes = [(each, outcome) for each in standings for outcome in each.result.rules]
    counted = [(each, outcome) for each, outcome in outcomes if each.result.void is None]
    enforced = [outcome for _, outcome in counted if outcome.level is Level.ENFORCE]
    held = sum(outcome.outcome is Outcome.PASSED for outcome in enforced)
    open_ = sum(outcome.outcome is Outcome.INCONCLUSIVE and outcome.waived is None for outcome in enforced)
    undecided = f"; {count(open_, 'guardrail')} inconclusive, with no harm shown" if open_ else ""
    yield f"{count(held, 'enforcing rule')} passed{undecided}."
    for each, outcome in outcomes:
        if outcome.waived is not None:
            yield f"{each.result.check}: waived: {outcome.waived}; {outcome.reason}"
    yield from void_reasons(standings)
