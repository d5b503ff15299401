"""Waivers: which hold today, what each one did, and those that deny because nobody looks after them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from mlgate.results import RunStatus, WaiverUse
from mlgate.rules.effects import Standing
from mlgate.rules.policy import Waiver


def holding(waivers: Iterable[Waiver], today: date) -> tuple[Waiver, ...]:
    return tuple(waiver for waiver in waivers if not waiver.expired(today))


def uses(waivers: Iterable[Waiver], standings: Sequence[Standing], today: date) -> tuple[WaiverUse, ...]:
    """Every waiver as the record keeps it."""
    return tuple(
        WaiverUse(each.check, each.reason, each.owner, each.until.isoformat(), _used(each, standings, today))
        for each in waivers
    )


def problems(waivers: Iterable[Waiver], standings: Sequence[Standing], today: date) -> tuple[str, ...]:
    """One sentence for each waiver that is expired or that matches nothing that ran."""
    return tuple(problem for each in waivers if (problem := _problem(each, standings, today)) is not None)


def _problem(waiver: Waiver, standings: Sequence[Standing], today: date) -> str | None:
    place = f"{waiver.where}: " if waiver.where else ""
    name = f"{place}the waiver for {waiver.check}"
    if waiver.expired(today):
        until = waiver.until.isoformat()
        return f"{name} expired on {until}: remove it, or renew it with a new date and reason."
    ran = [each for each in standings if each.result.check == waiver.check and _ran(each)]
    if not ran:
        return f"{name} matches no check that ran: remove it, or run that check."
    if waiver.rule is not None and not any(waiver.rule == rule.name for each in ran for rule in each.rules.rules):
        return f"{name} names the rule {waiver.rule}, which that check does not have: remove it, or name another rule."
    return None


def _ran(standing: Standing) -> bool:
    return standing.present and standing.result.run.status is not RunStatus.SKIPPED


def _used(waiver: Waiver, standings: Sequence[Standing], today: date) -> bool:
    if waiver.expired(today):
        return False
    return any(
        waiver.covers(each.result.check, rule.name)
        for each in standings
        for rule, outcome in zip(each.rules.rules, each.result.rules, strict=False)
        if outcome.waived is not None
    )
