"""The tables of `[checks]`: options and rules apart, each with its type and its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mlgate.checks import Check, Option, Stage
from mlgate.errors import UsageError
from mlgate.gatefile.options import coerce
from mlgate.gatefile.places import KeyPath
from mlgate.gatefile.ranges import out_of_range
from mlgate.gatefile.reading import RawGate
from mlgate.gatefile.spoken import spoken
from mlgate.gatefile.validating import Problem
from mlgate.gatefile.values import CheckEntry
from mlgate.results import Level, Undecided
from mlgate.rules import RULE_NAMES, Rule, RuleSyntaxErrors, parse_rules
from mlgate.rules.units import Quantity, UnitError

_SETTINGS = ("level", "undecided")
_RULE_KEYS = (*RULE_NAMES, *_SETTINGS, "of")
TIMEOUT = "timeout"
_REFUSED = object()


@dataclass(frozen=True, slots=True)
class CheckTable:
    """The table of one check that is installed. Reading it leaves its mistakes in `problems`, each once.

    `suite` is the id that the table stands under, where it is not the check's own.
    """

    raw: RawGate
    check: Check
    table: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    suite: str | None = None

    def entry(self) -> CheckEntry:
        own = {option.name for option in self.check.options}  # an option of that name is no word about rules
        stated = {key: value for key, value in self.table.items() if key in _RULE_KEYS and key not in own}
        rules = self._rules(stated)
        level = Level(stated["level"]) if stated.get("level") in set(Level) else None
        where = self.raw.where(self._path)
        return CheckEntry(self._options(), rules, where, level, self.suite is not None, self._timeout())

    @property
    def _path(self) -> KeyPath:
        return "checks", self.suite or self.check.id

    def _options(self) -> dict[str, object]:
        stated = [option for option in self.check.options if option.name in self.table]
        values = {option.name: self._value(option) for option in stated}
        return {name: value for name, value in values.items() if value is not _REFUSED}

    def _value(self, option: Option) -> object:
        path = (*self._path, option.name)
        if any(problem.path[: len(path)] == path for problem in self.problems):
            return _REFUSED
        try:
            return coerce(option, self.table[option.name])
        except UsageError as mistake:
            self.problems.append(Problem(path, f"{spoken(self._path)}: {mistake.message}", mistake.hint))
            return _REFUSED

    def _timeout(self) -> float | None:
        """The seconds that the check has, where its table says so and it has no option of that name."""
        stated = self.table.get(TIMEOUT)
        if not isinstance(stated, str) or any(option.name == TIMEOUT for option in self.check.options):
            return None
        try:
            seconds = Quantity.parse(stated).to("s")
        except UnitError as error:
            self._told_timeout(f"{error}.")
            return None
        if seconds <= 0:
            self._told_timeout("it must be above 0.")
            return None
        return seconds

    def _told_timeout(self, wrong: str) -> None:
        message = f"{spoken(self._path)}: timeout takes a time, as 60s or 5min: {wrong}"
        self.problems.append(Problem((*self._path, TIMEOUT), message))

    def _rules(self, stated: Mapping[str, Any]) -> tuple[Rule, ...]:
        try:
            main = self.check.unit if self.check.unit != "1" else None
            rules = parse_rules(stated, unit=main, parts=self.check.parts)
        except RuleSyntaxErrors as mistakes:
            for each in mistakes.mistakes:
                message = f"{spoken(self._path)}: {each.message}"
                self.problems.append(Problem((*self._path, *each.path), message, each.hint))
            return ()
        for rule in rules:
            for wrong, hint in out_of_range(rule, self.check):
                self.problems.append(Problem((*self._path, rule.name), f"{spoken(self._path)}: {wrong}", hint))
        if not rules and any(setting in stated for setting in _SETTINGS):
            rules = self._defaults(stated)
        return tuple(replace(rule, where=self.raw.where((*self._path, rule.name))) for rule in rules)

    def _defaults(self, stated: Mapping[str, Any]) -> tuple[Rule, ...]:
        """The check's own rules, with the level that the table says. They stay guardrails where they are ones."""
        rules = parse_rules({**self.check.default, **{key: stated[key] for key in _SETTINGS if key in stated}})
        if "undecided" in stated or self.check.stage is Stage.PRIMARY:
            return rules
        return tuple(replace(rule, undecided=rule.undecided or Undecided.ALLOW) for rule in rules)
