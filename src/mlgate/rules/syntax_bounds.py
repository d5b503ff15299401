"""How `at_least`, `at_most` and `between` are written: a value, a table of parts, or a table with `value`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlgate.rules.bounds import AtLeast, AtMost, Between
from mlgate.rules.judgement import Demand
from mlgate.rules.mistakes import Mistakes, found
from mlgate.rules.reading import Path, read_keys, read_quantity, spoken
from mlgate.rules.units import Quantity, UnitError

_OWN = ("value", "of", "level", "undecided")


def read_at_least(value: object, part: str | None, path: Path, mistakes: Mistakes) -> Sequence[Demand]:
    bounds = [(of, read_quantity(bound, here, mistakes)) for of, bound, here in _parts(value, part, path, mistakes)]
    return [AtLeast(bound, of) for of, bound in bounds if bound is not None]


def read_at_most(value: object, part: str | None, path: Path, mistakes: Mistakes) -> Sequence[Demand]:
    bounds = [(of, read_quantity(bound, here, mistakes)) for of, bound, here in _parts(value, part, path, mistakes)]
    return [AtMost(bound, of) for of, bound in bounds if bound is not None]


def read_between(value: object, part: str | None, path: Path, mistakes: Mistakes) -> Sequence[Demand]:
    spans = [(of, _span(span, here, mistakes)) for of, span, here in _parts(value, part, path, mistakes)]
    return [Between(*span, of) for of, span in spans if span is not None]


def _parts(
    value: object, part: str | None, path: Path, mistakes: Mistakes
) -> Iterator[tuple[str | None, object, Path]]:
    """What the rule says, for each part it names: the part, the value, and the path to it."""
    if not isinstance(value, Mapping):
        yield part, value, path
    elif "value" in value:
        read_keys(value, _OWN, path, mistakes)
        yield _named(value, part, path, mistakes), value["value"], (*path, "value")
    else:
        yield from _several(value, part, path, mistakes)


def _named(table: Mapping[str, object], part: str | None, path: Path, mistakes: Mistakes) -> str | None:
    of = table.get("of", part)
    if of is None or (isinstance(of, str) and of):
        return of
    mistakes.add((*path, "of"), f"{spoken(path)} of takes the name of a part of the measurement, not {found(of)}.")
    return None


def _several(
    table: Mapping[str, object], part: str | None, path: Path, mistakes: Mistakes
) -> Iterator[tuple[str | None, object, Path]]:
    names = [name for name in table if name not in _OWN]
    if "of" in table or part is not None:
        mistakes.add(path, f"{spoken(path)} names parts by itself, and `of` names one too: keep one of the two.")
    elif not names:
        mistakes.add(path, f'{spoken(path)} has no value: write it as value = 0.8, or by part as p99 = "50ms".')
    else:
        yield from ((name, table[name], (*path, name)) for name in names)


def _span(value: object, path: Path, mistakes: Mistakes) -> tuple[Quantity, Quantity] | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        mistakes.add(path, f"{spoken(path)} takes two numbers, the low one first, as [0.8, 1.25], not {found(value)}.")
        return None
    low, high = (read_quantity(end, path, mistakes) for end in value)
    if low is None or high is None:
        return None
    return (low, high) if _ordered(low, high, path, mistakes) else None


def _ordered(low: Quantity, high: Quantity, path: Path, mistakes: Mistakes) -> bool:
    try:
        in_order = low.value <= high.value if low.unit == high.unit else low.to(high.unit or "1") <= high.value
    except UnitError:
        mistakes.add(path, f"{spoken(path)} has ends that can't be compared, {low} and {high}: write both in one unit.")
        return False
    if not in_order:
        said = f"{spoken(path)} has its low end, {low}, above its high end, {high}, and no number lies there."
        mistakes.add(path, said, f"Write [{high}, {low}].")
    return in_order
