"""How single values of a rule table are read: numbers with units, choices, tables of known keys."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from mlgate.rules.mistakes import Mistakes, did_you_mean, found, listed
from mlgate.rules.units import Quantity, UnitError

Path = tuple[str | int, ...]
Choice = TypeVar("Choice", bound=StrEnum)


def read_quantity(value: object, path: Path, mistakes: Mistakes) -> Quantity | None:
    """A finite number, or text as "50ms"."""
    if isinstance(value, str):
        try:
            return Quantity.parse(value)
        except UnitError as mistake:
            mistakes.add(path, f"{spoken(path)}: {mistake}.")
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        mistakes.add(path, f'{spoken(path)} takes a number, or text with a unit as "50ms", not {found(value)}.')
        return None
    if not math.isfinite(value):
        mistakes.add(path, f"{spoken(path)} takes a finite number, not {value}.")
        return None
    return Quantity(float(value))


def read_choice(value: object, kind: type[Choice], path: Path, mistakes: Mistakes) -> Choice | None:
    """One of the words of `kind`."""
    words = [str(word) for word in kind]
    if isinstance(value, str) and value in words:
        return kind(value)
    quoted = listed(f'"{word}"' for word in words)
    mistakes.add(path, f"{spoken(path)} takes {quoted}, not {found(value)}.", did_you_mean(value, words))
    return None


def read_keys(table: Mapping[str, object], known: Collection[str], path: Path, mistakes: Mistakes) -> None:
    """Nothing but `known` keys."""
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f"It takes {listed(known, 'and')}."
            mistakes.add((*path, key), f"{spoken(path)} has no key {key}.", hint)


def spoken(path: Path) -> str:
    """`at_most p99`, `any_of, rule 2, between`: the path as people say it."""
    return " ".join(f"rule {part + 1}:" if isinstance(part, int) else str(part) for part in path)
