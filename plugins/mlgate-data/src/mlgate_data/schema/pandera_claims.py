"""A pandera schema as claims, so that it runs in the same pass as everything else.

What has no counterpart (checks that are functions of the user's) is told by name: it can run on rows in memory alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate_data.engine.facts import Schema
from mlgate_data.schema import rules, types
from mlgate_data.schema.claims import Claim, Rows, Type
from mlgate_data.schema.claims_table import HasColumns, HasOnly, InOrder
from mlgate_data.schema.claims_whole import Contains, Unique
from mlgate_data.schema.reading import Wrong, refuse_unreadable


@dataclass(frozen=True, slots=True)
class Own:
    """A check of the user's: the column that it is about (None: the table), its place among the column's checks."""

    column: str | None
    number: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} of {self.column!r}" if self.column is not None else f"{self.name} of the table"


@dataclass
class Translated:
    """The claims of a schema, and the checks that can't be claims."""

    claims: list[Claim] = field(default_factory=list)
    own: list[Own] = field(default_factory=list)
    named: set[str] = field(default_factory=set)


def translate(schema: Any, columns: Schema) -> Translated:
    """The schema's claims about a table that has `columns` (which patterns of column names are matched with)."""
    found = Translated()
    listed = [(name, each) for column in schema.columns.values() for name, each in _expanded(column, columns)]
    found.named.update(name for name, _ in listed)
    required = tuple(name for name, column in listed if column.required)
    if required:
        found.claims.append(HasColumns(required))
    if schema.strict is True:
        found.claims.append(HasOnly(tuple(name for name, _ in listed)))
    if schema.ordered:
        found.claims.append(InOrder(tuple(name for name, _ in listed)))
    if schema.unique:
        found.claims.append(Unique(tuple(schema.unique)))
    for name, column in listed:
        _of_column(name, column, columns, found)
    found.own.extend(Own(None, place, str(check.name)) for place, check in enumerate(schema.checks) if _blocks(check))
    return found


def _expanded(column: Any, columns: Schema) -> Iterator[tuple[str, Any]]:
    """A column whose name is a pattern stands for all columns that match it."""
    if not column.regex:
        yield column.name, column
        return
    yield from ((name, column) for name in columns if re.match(column.name, name))


def _of_column(name: str, column: Any, columns: Schema, found: Translated) -> None:
    if column.dtype is not None:
        found.claims.extend(_typed(name, column, columns, found))
    if not column.nullable:
        found.claims.append(Rows(rules.Present(name)))
    if column.unique:
        found.claims.append(Unique((name,)))
    for place, check in enumerate(column.checks):
        if not _blocks(check):
            continue
        try:
            found.claims.extend(_built_in(name, check))
        except (KeyError, Wrong):
            found.own.append(Own(name, place, str(check.name)))


def _blocks(check: Any) -> bool:
    """A check that only warns says nothing against the data."""
    return not check.raise_warning


def _typed(name: str, column: Any, columns: Schema, found: Translated) -> Iterator[Claim]:
    """The type that is claimed; with `coerce`, that every value can be read as it."""
    expected = type_named(str(column.dtype))
    if expected is None:
        found.own.append(Own(name, -1, f"the type {column.dtype}"))
    elif not column.coerce:
        yield Type(name, expected)
    elif name in columns and types.holds(columns[name], ("text",)) and types.family(expected[0]) in ("int", "float"):
        yield Rows(rules.Readable(name, types.family(expected[0])))


def type_named(said: str) -> tuple[str, ...] | None:
    """The types that a pandera type means, as a gate file calls them; None where there is no word for it."""
    plain = said.lower()
    if plain in types.NAMES:
        return (plain,)
    if plain == "object" or plain.startswith("string"):
        return ("text",)
    if plain.startswith(("categor", "enum")):
        return ("category", "text")
    if plain.startswith("datetime"):
        return ("datetime",)
    return {"boolean": ("bool",), "date": ("date",), "time": ("time",), "duration": ("duration",)}.get(plain)


def _built_in(name: str, check: Any) -> tuple[Claim, ...]:
    """The claims of a check of pandera's own. Raises `KeyError` for any other, `Wrong` for a pattern we can't run."""
    if check.groupby is not None or not check.statistics:
        raise KeyError(check.name)
    claims = COUNTERPARTS[check.name](name, check.statistics)
    for claim in claims:
        for pattern in getattr(getattr(claim, "about", None), "patterns", ()):
            refuse_unreadable(pattern)
    return claims


Stated = Mapping[str, Any]


def _bound(kind: str, key: str) -> Callable[[str, Stated], tuple[Claim, ...]]:
    return lambda name, said: (Rows(rules.Bound(name, kind, said[key])),)


def _range(name: str, said: Stated) -> tuple[Claim, ...]:
    low, high = "min" if said["include_min"] else "above", "max" if said["include_max"] else "below"
    return Rows(rules.Bound(name, low, said["min_value"])), Rows(rules.Bound(name, high, said["max_value"]))


def _among(kind: str, key: str) -> Callable[[str, Stated], tuple[Claim, ...]]:
    return lambda name, said: (Rows(rules.OneOf(name, tuple(said[key]), kind)),)


def _exactly(name: str, said: Stated) -> tuple[Claim, ...]:
    values = tuple(sorted(said["values"], key=repr))
    return Rows(rules.OneOf(name, values)), Contains(name, values)


def _lengths(name: str, said: Stated) -> tuple[Claim, ...]:
    exact = said.get("exact_value")
    low, high = (exact, exact) if exact is not None else (said.get("min_value"), said.get("max_value"))
    ends = (("min_length", low), ("max_length", high))
    return tuple(Rows(rules.Length(name, kind, end)) for kind, end in ends if end is not None)


def _pattern(key: str, form: str, *, literal: bool = False) -> Callable[[str, Stated], tuple[Claim, ...]]:
    def read(name: str, said: Stated) -> tuple[Claim, ...]:
        given = said[key]
        if not isinstance(given, str):
            given = given.pattern
        return (Rows(rules.Pattern(name, (form.format(re.escape(given) if literal else given),))),)

    return read


COUNTERPARTS: Mapping[str, Callable[[str, Stated], tuple[Claim, ...]]] = {
    "greater_than_or_equal_to": _bound("min", "min_value"),
    "greater_than": _bound("above", "min_value"),
    "less_than_or_equal_to": _bound("max", "max_value"),
    "less_than": _bound("below", "max_value"),
    "in_range": _range,
    "isin": _among("allowed", "allowed_values"),
    "notin": _among("forbidden", "forbidden_values"),
    "equal_to": lambda name, said: (Rows(rules.OneOf(name, (said["value"],))),),
    "not_equal_to": lambda name, said: (Rows(rules.OneOf(name, (said["value"],), "forbidden")),),
    "unique_values_eq": _exactly,
    "str_length": _lengths,
    "str_matches": _pattern("pattern", "^(?:{})"),
    "str_contains": _pattern("pattern", "{}"),
    "str_startswith": _pattern("string", "^{}", literal=True),
    "str_endswith": _pattern("string", "{}$", literal=True),
}
"""pandera's own checks, by their names; `str_matches` looks at the beginning of the text."""
