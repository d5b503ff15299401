"""How the rules that need no number are written: `true`, or a table that says more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate.results import Severity
from mlgate.rules.champion import BetterThanChampion, NotWorseThanChampion
from mlgate.rules.findings import NoFindings
from mlgate.rules.judgement import Demand
from mlgate.rules.mistakes import Mistakes, found
from mlgate.rules.reading import Path, read_choice, read_keys, read_quantity, spoken
from mlgate.rules.units import UnitError

_MARGINS = ("margin", "relative_margin")
_SETTINGS = ("level", "undecided")


def read_not_worse(value: object, part: str | None, path: Path, mistakes: Mistakes) -> Sequence[Demand]:
    margins = _margins(value, path, mistakes)
    if margins is None:
        return ()
    return (NotWorseThanChampion(*margins) if any(each is not None for each in margins) else NotWorseThanChampion(),)


def read_better(value: object, part: str | None, path: Path, mistakes: Mistakes) -> Sequence[Demand]:
    margins = _margins(value, path, mistakes)
    return () if margins is None else (BetterThanChampion(*margins),)


def read_findings(value: object, part: str | None, path: Path, mistakes: Mistakes) -> Sequence[Demand]:
    if value is True:
        return (NoFindings(),)
    asked, here = value, path
    if isinstance(value, Mapping):
        read_keys(value, ("severity", *_SETTINGS), path, mistakes)
        asked, here = value.get("severity", str(Severity.LOW)), (*path, "severity")
    elif not isinstance(value, str):
        _refuse_flag(value, 'a severity as "high"', path, mistakes)
        return ()
    severity = read_choice(asked, Severity, here, mistakes)
    return () if severity is None else (NoFindings(severity),)


def _margins(value: object, path: Path, mistakes: Mistakes) -> tuple[float | None, float | None] | None:
    """The absolute and the relative margin, as far as they are stated; None where the rule can't be read."""
    if value is True:
        return None, None
    if not isinstance(value, Mapping):
        _refuse_flag(value, "a table as { margin = 0.01 }", path, mistakes)
        return None
    before = len(mistakes.met)
    read_keys(value, (*_MARGINS, *_SETTINGS), path, mistakes)
    absolute, relative = (_margin(value, (*path, name), mistakes) for name in _MARGINS)
    return (absolute, relative) if len(mistakes.met) == before else None


def _margin(table: Mapping[str, object], path: Path, mistakes: Mistakes) -> float | None:
    name = str(path[-1])
    quantity = read_quantity(table[name], path, mistakes) if name in table else None
    if quantity is None:
        return None
    try:
        margin = quantity.to("1")
    except UnitError as mistake:
        mistakes.add(path, f"{spoken(path)}: {mistake}.")
        return None
    if margin < 0:
        hint = "better_than_champion asks for more than the champion's." if path[-2] != "better_than_champion" else None
        mistakes.add(path, f"{spoken(path)} is a distance and not negative, as {quantity} is.", hint)
    return margin


def _refuse_flag(value: object, other: str, path: Path, mistakes: Mistakes) -> None:
    hint = "Leave the rule out to switch it off." if value is False else None
    mistakes.add(path, f"{spoken(path)} takes true or {other}, not {found(value)}.", hint)
