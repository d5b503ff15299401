"""What the rules of one check ask of its numbers, read from the rules' words: a record has them in no other form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mlgate.reports.html.scale import Bounds
from mlgate.results import Comparison, Measurement, Result
from mlgate.rules.champion import BetterThanChampion, NotWorseThanChampion
from mlgate.rules.units import Quantity, UnitError

_LONGEST = 2_000
_ONE_BOUND = re.compile(r"(at_least|at_most)\((?:([^=()]+)=)?([^=()]+)\)")
_TWO_BOUNDS = re.compile(r"between\((?:([^=()]+)=)?\[?([^,()\[\]]+), ([^,()\[\]]+)\]?\)")
_CHAMPION = re.compile(r"(not_worse|better)_than_champion\(([-+0-9.e]+)?(?:, )?(?:relative_margin=([-+0-9.e]+))?\)")

Named = tuple[str | None, Bounds]


@dataclass(frozen=True, slots=True)
class Demands:
    """Bounds of the main number, of parts by name, and of the difference from the champion."""

    main: Bounds | None = None
    parts: Mapping[str, Bounds] = field(default_factory=dict)
    difference: Bounds | None = None

    @property
    def lead(self) -> str | None:
        """The part that stands for them all: the first, where neither the main number nor the champion is spoken of."""
        return next(iter(self.parts), None) if self.main is None and self.difference is None else None


def spoken(result: Result) -> Demands:
    """Of the rule that speaks for the check alone: what its line is drawn against."""
    return _of([result.rule or ""], result.run.measurement)


def demands(result: Result) -> Demands:
    """Of the rule that speaks for the check first, then of the others; a number keeps the first bounds it is given."""
    return _of([result.rule or "", *(rule.rule for rule in result.rules)], result.run.measurement)


def _of(rules: list[str], measurement: Measurement | None) -> Demands:
    if measurement is None:
        return Demands()
    units: dict[str | None, str] = {None: measurement.unit, **{part.name: part.unit for part in measurement.parts}}
    first: dict[str | None, Bounds] = {}
    for rule in rules:
        for of, bounds in _bounds(rule[:_LONGEST], units):
            first.setdefault(of, bounds)
    main = first.pop(None, None)
    return Demands(main, {name: bounds for name, bounds in first.items() if name}, _margin(rules, measurement))


def _bounds(rule: str, units: Mapping[str | None, str]) -> Iterator[Named]:
    """Every bound that is stated, each alternative of `any_of` for its own number."""
    for found in _ONE_BOUND.finditer(rule):
        number = _number(found[3], units.get(found[2]))
        if number is not None:
            yield found[2], Bounds(low=number) if found[1] == "at_least" else Bounds(high=number)
    for found in _TWO_BOUNDS.finditer(rule):
        low, high = (_number(text, units.get(found[1])) for text in (found[2], found[3]))
        if low is not None and high is not None:
            yield found[1], Bounds(low, high)


def _number(text: str, unit: str | None) -> float | None:
    """In the unit of what is measured; None for what is no number, or in none that fits."""
    if unit is None:
        return None
    try:
        return Quantity.parse(text.removesuffix(" in the label's unit")).to(unit)
    except UnitError:
        return None


def _margin(rules: list[str], measurement: Measurement) -> Bounds | None:
    comparison = measurement.comparison
    for rule in rules if comparison is not None and comparison.higher_is_better is not None else ():
        found = _CHAMPION.search(rule[:_LONGEST])
        if found and comparison is not None:
            return _beyond(comparison, found[1] == "better", _float(found[2]), _float(found[3]))
    return None


def _beyond(comparison: Comparison, better: bool, margin: float | None, relative: float | None) -> Bounds | None:
    rule = (BetterThanChampion if better else NotWorseThanChampion)(margin, relative)
    size = rule.margin_for(comparison).size
    least = size if better else -size
    return Bounds(low=least) if comparison.higher_is_better else Bounds(high=-least)


def _float(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
