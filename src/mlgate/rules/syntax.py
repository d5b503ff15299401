"""Rules as a gate file writes them: one table in, rules out, or every mistake at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mlgate.results import Level, Undecided
from mlgate.rules.any_of import AnyOf
from mlgate.rules.bounds import Bound
from mlgate.rules.judgement import Demand, Rule
from mlgate.rules.mistakes import Mistakes, RuleSyntaxErrors, did_you_mean, found, listed
from mlgate.rules.reading import Path, read_choice, spoken
from mlgate.rules.syntax_bounds import read_at_least, read_at_most, read_between
from mlgate.rules.syntax_flags import read_better, read_findings, read_not_worse
from mlgate.rules.units import UnitError

SETTINGS = ("level", "undecided", "of")


def parse_rules(
    table: Mapping[str, object],
    *,
    where: str | None = None,
    unit: str | None = None,
    parts: Mapping[str, str] | None = None,
) -> tuple[Rule, ...]:
    """The rules of one check table, each with what it may do.

    `unit` is that of the check's main number and `parts` those of its parts, where they are known already. Raises
    `RuleSyntaxErrors` with every mistake.
    """
    mistakes = Mistakes()
    rules = tuple(replace(rule, where=where) for rule in _rules(table, (), mistakes))
    _compare_units(rules, unit, parts or {}, mistakes)
    if mistakes.met:
        raise RuleSyntaxErrors(tuple(mistakes.met), where)
    return rules


@dataclass(frozen=True, slots=True)
class _Settings:
    """What a table says for its rules; a rule's own table says it for itself."""

    level: Level = Level.ENFORCE
    undecided: Undecided | None = None

    def overlaid(self, table: object, path: Path, mistakes: Mistakes) -> _Settings:
        if not isinstance(table, Mapping):
            return self
        level, undecided = self.level, self.undecided
        if "level" in table:
            level = read_choice(table["level"], Level, (*path, "level"), mistakes) or level
        if "undecided" in table:
            undecided = read_choice(table["undecided"], Undecided, (*path, "undecided"), mistakes)
        return _Settings(level, undecided)


def _rules(table: Mapping[str, object], path: Path, mistakes: Mistakes) -> Iterator[Rule]:
    shared = _Settings().overlaid(table, path, mistakes)
    part = _part(table, path, mistakes)
    for name, value in table.items():
        here = (*path, name)
        if name in READERS:
            own = shared.overlaid(value, here, mistakes)
            for demand in READERS[name](value, part, here, mistakes):
                yield Rule(demand, own.level, own.undecided)
        elif name not in SETTINGS:
            hint = did_you_mean(name, READERS) or f"The rules are {listed(READERS, 'and')}."
            mistakes.add(here, f"{name} is not a rule.", hint)


def _part(table: Mapping[str, object], path: Path, mistakes: Mistakes) -> str | None:
    """The part that `of` names for the bounds of this table."""
    part, here = table.get("of"), (*path, "of")
    if part is None:
        return None
    if not isinstance(part, str) or not part:
        mistakes.add(here, f"{spoken(here)} takes the name of a part of the measurement, not {found(part)}.")
        return None
    if not {"at_least", "at_most", "between"} & set(table):
        mistakes.add(here, "of names a part for at_least, at_most or between, and none of them stands here.")
    return part


def _read_any_of(value: object, part: str | None, path: Path, mistakes: Mistakes) -> Sequence[Demand]:
    if not isinstance(value, list | tuple) or not value:
        said = "takes a list of at least one rule, as [{ at_least = 0.8 }, { no_findings = true }]"
        mistakes.add(path, f"{spoken(path)} {said}, not {found(value)}.")
        return ()
    before = len(mistakes.met)
    demands = [demand for place, each in enumerate(value) for demand in _alternative(each, (*path, place), mistakes)]
    return (AnyOf(tuple(demands)),) if len(mistakes.met) == before else ()


def _alternative(table: object, path: Path, mistakes: Mistakes) -> Sequence[Demand]:
    if not isinstance(table, Mapping):
        mistakes.add(path, f"{spoken(path)} a table with one rule is expected, not {found(table)}.")
        return ()
    for setting in {"level", "undecided"} & set(table):
        mistakes.add((*path, setting), f"{spoken(path)} {setting} stands beside any_of, not inside it.")
    before = len(mistakes.met)
    demands = [rule.demand for rule in _rules(table, path, mistakes)]
    if len(demands) != 1 and len(mistakes.met) == before:
        mistakes.add(path, f"{spoken(path)} one rule is expected, not {len(demands)}.")
    return demands


def _compare_units(rules: Iterable[Rule], unit: str | None, parts: Mapping[str, str], mistakes: Mistakes) -> None:
    """What can be told before anything is measured: a part that there is not, a unit that does not fit."""
    for demand in (rule.demand for rule in rules):
        if not isinstance(demand, Bound):
            continue
        if demand.of is not None and parts and demand.of not in parts:
            said = f"{demand.name} names {demand.of}, which is no part of what is measured."
            mistakes.add(
                (demand.name,), said, did_you_mean(demand.of, parts) or f"The parts are {listed(parts, 'and')}."
            )
        elif measured_in := unit if demand.of is None else parts.get(demand.of):
            _compare_unit(demand, measured_in, mistakes)


def _compare_unit(demand: Bound, unit: str, mistakes: Mistakes) -> None:
    try:
        demand.accepted(unit)
    except UnitError as mistake:
        mistakes.add((demand.name,), f"{demand.name}: {mistake}.")


READERS: Mapping[str, Callable[[object, str | None, Path, Mistakes], Sequence[Demand]]] = {
    "at_least": read_at_least,
    "at_most": read_at_most,
    "between": read_between,
    "not_worse_than_champion": read_not_worse,
    "better_than_champion": read_better,
    "no_findings": read_findings,
    "any_of": _read_any_of,
}
RULE_NAMES = tuple(READERS)
