"""The changes in words: sections of plain texts, which every format lays out and escapes in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlgate.reports.diff.changes import Changes, Fact, Number, Turn
from mlgate.reports.diff.pairing import EXPLAINED, Pairing
from mlgate.reports.phrases import estimated, found, number
from mlgate.results import Finding, Record
from mlgate.rules.numbers import count, in_unit, spanned

ABSENT = "-"
"""What stands where a record has nothing."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a title; `notes` are sentences about it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def headline(changes: Changes) -> str:
    """`denied -> allowed; of 12 checks in both, 3 changed`."""
    before, after = changes.before.verdict.decision, changes.after.verdict.decision
    said = f"{before} -> {after}" if before is not after else f"{after}, as before"
    both = {each.check for each in changes.before.results} & {each.check for each in changes.after.results}
    changed = len(both) - changes.alike
    return f"{said}; of {count(len(both), 'check')} in both, {changed:,} changed"


def runs(changes: Changes) -> tuple[tuple[str, ...], ...]:
    """The two runs: role, id, start, candidate, verdict."""
    return tuple(_run(role, record) for role, record in (("before", changes.before), ("after", changes.after)))


def _run(role: str, record: Record) -> tuple[str, ...]:
    facts = record.facts
    candidate = facts.candidate.uri if facts.candidate else "the data alone"
    return role, facts.id, facts.started, candidate, record.verdict.decision


def sections(changes: Changes) -> tuple[Section, ...]:
    """Those that have something to say, in the order of what a reader must know first."""
    level = f"{100 * changes.level:g}%"
    differences = ("Check", "Before", "After", f"Difference, {level} interval", "How")
    told = (
        Section("Why now", ("Reason",), tuple(_new(changes.after, changes.before))),
        Section("Why no longer", ("Reason",), tuple(_new(changes.before, changes.after))),
        Section("Outcomes", ("Check", "Before", "After", "Rule", "Why"), tuple(map(_turn, changes.turns))),
        Section("Numbers", differences, _numbers(changes.numbers, changes.level), _hows(changes.numbers)),
        Section(
            "Groups and parts whose number differs beyond chance",
            ("Check", "Of", *differences[1:]),
            _numbers(changes.parts, changes.level, parts=True),
            (
                *_hows(changes.parts),
                f"Each interval is at {level} by itself: of many that are looked at, some lie off.",
            ),
        ),
        Section("New findings", ("Check", "Finding"), tuple(_findings(changes.found))),
        Section("Findings that are gone", ("Check", "Finding"), tuple(_findings(changes.gone))),
        Section("Facts", ("What", "Before", "After"), tuple(map(_fact, changes.facts))),
    )
    return tuple(section for section in told if section.rows)


def _new(here: Record, there: Record) -> Iterator[tuple[str]]:
    known = set(there.verdict.reasons)
    return ((reason,) for reason in here.verdict.reasons if reason not in known)


def _turn(turn: Turn) -> tuple[str, ...]:
    before, after = (each or ABSENT for each in (turn.before, turn.after))
    was, rule = turn.rules
    told = rule if was == rule or turn.before is None or turn.after is None else f"{was or 'none'} -> {rule or 'none'}"
    return turn.check, before, after, told, turn.reason


def _numbers(numbers: Iterable[Number], level: float, *, parts: bool = False) -> tuple[tuple[str, ...], ...]:
    return tuple((each.check, *((each.name,) if parts else ()), *_values(each, level)) for each in numbers)


def _values(each: Number, level: float) -> tuple[str, ...]:
    numbers = (estimated(each.before, level, each.unit), estimated(each.after, level, each.unit))
    return *numbers, _difference(each), each.difference.pairing


def _difference(each: Number) -> str:
    """`-0.031 [-0.050, -0.012]`, signed."""
    difference = each.difference
    if difference.interval is None:
        told = in_unit(number(difference.value), each.unit)
    else:
        told = spanned(difference.value, difference.interval.low, difference.interval.high, each.unit)
    return f"+{told}" if difference.value > 0 else told


def _hows(numbers: Iterable[Number]) -> tuple[str, ...]:
    used = {each.difference.pairing for each in numbers}
    return tuple(f"{pairing}: {EXPLAINED[pairing]}" for pairing in Pairing if pairing in used)


def _findings(findings: Iterable[tuple[str, Finding]]) -> Iterator[tuple[str, str]]:
    return ((check, found(finding)) for check, finding in findings)


def _fact(fact: Fact) -> tuple[str, ...]:
    return fact.name, fact.before or ABSENT, fact.after or ABSENT
