"""From what a gate file says to claims: every mistake is collected, with the nearest known name."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate import CheckError
from mlgate_data.engine.sql import names_in
from mlgate_data.schema import rules, types
from mlgate_data.schema.claims import Claim, Rows, Tolerance, Type
from mlgate_data.schema.claims_shape import Divergence, MostCommon, NotFar
from mlgate_data.schema.claims_whole import STATISTICS, Band, Contains, Ordered, Unique
from mlgate_data.schema.written import DIRECTIONS


@dataclass
class Mistakes:
    """What is wrong with a schema; spoken all at once."""

    met: list[str] = field(default_factory=list)

    def add(self, place: str, said: str) -> None:
        self.met.append(f"{place}: {said}")

    def speak(self) -> None:
        """Raise `CheckError` with every mistake."""
        if self.met:
            raise CheckError("\n".join(self.met), hint="`mlgate explain data.schema` lists the rules of a column.")


class Wrong(ValueError):
    """A value that a rule can't take; the text says what it takes."""


Reader = Callable[[str, Any, Tolerance], Claim | None]


def column_claims(name: str, table: Mapping[str, object], mistakes: Mistakes) -> Iterator[Claim]:
    """The claims about one column."""
    for key, value in table.items():
        place = f"columns.{name}.{key}"
        if key in SETTINGS:
            continue
        if key not in READERS:
            near = difflib.get_close_matches(key, (*READERS, *SETTINGS), n=1)
            mistakes.add(place, f"there is no rule {key!r}." + (f" Did you mean {near[0]}?" if near else ""))
            continue
        try:
            yield from _read(name, key, value, table)
        except Wrong as wrong:
            mistakes.add(place, str(wrong) if str(wrong).endswith("?") else f"{wrong}.")
        except CheckError as wrong:
            mistakes.add(place, str(wrong))


SETTINGS = ("required", "mostly", "where")


def _read(name: str, key: str, value: object, table: Mapping[str, object]) -> Iterator[Claim]:
    tolerance = tolerance_of(table)
    if isinstance(value, Mapping) and "value" in value:
        tolerance, value = tolerance_of({**table, **value}), value["value"]
    if key == "quantiles":
        yield from _quantiles(name, value)
        return
    claim = READERS[key](name, value, tolerance)
    if claim is not None:
        yield claim


def tolerance_of(table: Mapping[str, object]) -> Tolerance:
    """`mostly` and `where` of a table. Raises `Wrong` or `CheckError`."""
    mostly, where = table.get("mostly", 1.0), table.get("where")
    if isinstance(mostly, bool) or not isinstance(mostly, int | float) or not 0 <= mostly <= 1:
        raise Wrong(f"mostly is a share from 0 to 1, not {mostly!r}")
    if where is not None and not isinstance(where, str):
        raise Wrong(f"where is an SQL condition in quotes, not {where!r}")
    names_in(where)
    return Tolerance(float(mostly), where)


def _bound(kind: str) -> Reader:
    def read(name: str, value: Any, tolerance: Tolerance) -> Claim:
        if not isinstance(value, bool | int | float | str) and not hasattr(value, "isoformat"):
            raise Wrong(f"{kind} takes a number, a date or a text, not {value!r}")
        return Rows(rules.Bound(name, kind, value), tolerance)

    return read


def _flag(made: Callable[[str], Any], *, when: bool) -> Reader:
    def read(name: str, value: Any, tolerance: Tolerance) -> Claim | None:
        if not isinstance(value, bool):
            raise Wrong(f"it takes true or false, not {value!r}")
        return Rows(made(name), tolerance) if value is when else None

    return read


def _values(kind: str) -> Reader:
    def read(name: str, value: Any, tolerance: Tolerance) -> Claim:
        if not isinstance(value, list | tuple):
            raise Wrong(f'{kind} takes a list, as ["a", "b"], not {value!r}')
        return Rows(rules.OneOf(name, tuple(value), kind), tolerance)

    return read


def _pattern(kind: str) -> Reader:
    def read(name: str, value: Any, tolerance: Tolerance) -> Claim:
        patterns = [value] if isinstance(value, str) else value
        any_of = isinstance(patterns, Mapping)
        if isinstance(patterns, Mapping):
            patterns = patterns.get("any_of")
        if not isinstance(patterns, list | tuple) or not all(isinstance(each, str) for each in patterns):
            raise Wrong(f"{kind} takes a pattern or a list of patterns, not {value!r}")
        for pattern in patterns:
            refuse_unreadable(pattern)
        return Rows(rules.Pattern(name, tuple(patterns), kind, any_of), tolerance)

    return read


def refuse_unreadable(pattern: str) -> None:
    """By the engine that will run it: it has no look-around and no back references, and never takes long."""
    import polars as pl

    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError as error:
        told = re.search(r"^error: (.+)$", str(error), re.MULTILINE)
        said = told[1].rstrip(".") if told else "the engine does not read it"
        look = " (look-around and back references are not supported)" if re.search(r"\(\?<?[=!]|\\\d", pattern) else ""
        raise Wrong(f"{pattern!r} is not a pattern: {said}{look}") from None


def _like(kind: str) -> Reader:
    """SQL's patterns: % for any text, _ for one character."""

    def read(name: str, value: Any, tolerance: Tolerance) -> Claim:
        written = value if isinstance(value, list | tuple) else [value]
        if not written or not all(isinstance(each, str) for each in written):
            raise Wrong(f'{kind} takes a pattern or a list of patterns, as "A%", not {value!r}')
        patterns = tuple(_as_regex(each) for each in written)
        return Rows(rules.Pattern(name, patterns, kind, any_of=True, written=tuple(written)), tolerance)

    return read


def _as_regex(pattern: str) -> str:
    words = {"%": ".*", "_": "."}
    return f"(?s)^{''.join(words.get(letter) or re.escape(letter) for letter in pattern)}$"


def _far(kind: str) -> Reader:
    def read(name: str, value: Any, tolerance: Tolerance) -> Claim:
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise Wrong(f"{kind} takes a number above 0, not {value!r}")
        return NotFar(name, kind, float(value), tolerance)

    return read


def _most_common(name: str, value: Any, tolerance: Tolerance) -> Claim:
    table = value if isinstance(value, Mapping) else {"values": value}
    values = table.get("values")
    if not isinstance(values, list | tuple) or not set(table) <= {"values", "ties"}:
        raise Wrong(f'most_common takes a list, as ["a", "b"], or {{ values = ["a"], ties = true }}, not {value!r}')
    return MostCommon(name, tuple(values), bool(table.get("ties", False)))


def _divergence(name: str, value: Any, tolerance: Tolerance) -> Claim:
    table: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    most: Any
    weights: Any
    most, weights, unseen = table.get("max"), table.get("weights"), table.get("unseen", 0.0)
    values, bins = table.get("values", []), table.get("bins", [])
    numbers = isinstance(most, int | float) and isinstance(weights, list) and isinstance(unseen, int | float)
    if not numbers or len(weights) not in (len(values), len(bins) - 1) or bool(values) == bool(bins):
        raise Wrong(
            'kl_divergence takes { max = 0.1, values = ["a", "b"], weights = [0.6, 0.4] }, or bins with one end more'
            f" than weights, not {value!r}"
        )
    edges = tuple(float(edge) for edge in bins)
    return Divergence(name, float(most), tuple(map(float, weights)), tuple(values), edges, float(unseen))


def _length(kind: str) -> Reader:
    def read(name: str, value: Any, tolerance: Tolerance) -> Claim:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(f"{kind} takes a whole number, not {value!r}")
        return Rows(rules.Length(name, kind, value), tolerance)

    return read


def _date_format(name: str, value: Any, tolerance: Tolerance) -> Claim:
    if not isinstance(value, str) or "%" not in value:
        raise Wrong(f'date_format takes a format as "%Y-%m-%d", not {value!r}')
    return Rows(rules.DateFormat(name, value), tolerance)


def _type(name: str, value: Any, tolerance: Tolerance) -> Claim:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names:
        raise Wrong(f"type takes a name or a list of names, not {value!r}")
    for each in names:
        if each not in types.NAMES:
            near = difflib.get_close_matches(str(each), types.NAMES, n=1)
            known = f"did you mean {near[0]}?" if near else f"there are {', '.join(types.SAID)}"
            raise Wrong(f"there is no type {each!r}; {known}".rstrip("."))
    return Type(name, tuple(names))


def _unique(name: str, value: Any, tolerance: Tolerance) -> Claim | None:
    if not isinstance(value, bool):
        raise Wrong(f"it takes true or false, not {value!r}")
    return Unique((name,), tolerance) if value else None


def _order(name: str, value: Any, tolerance: Tolerance) -> Claim:
    if value not in DIRECTIONS:
        raise Wrong(f"order takes {', '.join(DIRECTIONS[:-1])} or {DIRECTIONS[-1]}, not {value!r}")
    return Ordered(name, value, tolerance)


def _band(statistic: str) -> Reader:
    def read(name: str, value: Any, tolerance: Tolerance) -> Claim:
        return Band(name, statistic, *_open_ends(value))

    return read


def _quantiles(name: str, value: object) -> Iterator[Claim]:
    if not isinstance(value, Mapping):
        raise Wrong(f'quantiles takes bands by share, as {{ "0.5" = [10, 20] }}, not {value!r}')
    for share, band in value.items():
        try:
            place = float(share)
        except ValueError:
            place = math.nan
        if not 0 <= place <= 1:
            raise Wrong(f"{share!r} is no share from 0 to 1")
        low, high, _, open = _open_ends(band)
        yield Band(name, "quantile", low, high, place, open)


def _contains(name: str, value: Any, tolerance: Tolerance) -> Claim:
    if not isinstance(value, list | tuple):
        raise Wrong(f'contains takes a list, as ["a", "b"], not {value!r}')
    return Contains(name, tuple(value))


def _open_ends(value: object) -> tuple[Any, Any, None, tuple[bool, bool]]:
    """The ends of a band, and which of them are outside of it. Raises `Wrong`."""
    if not isinstance(value, Mapping) or not {"above", "below"} & set(value):
        return *ends(value), None, (False, False)
    if (
        set(value) <= {"min", "max", "above", "below"}
        and not ({"min", "above"} <= set(value))
        and not ({"max", "below"} <= set(value))
    ):
        low, high = value.get("above", value.get("min")), value.get("below", value.get("max"))
        return low, high, None, ("above" in value, "below" in value)
    raise Wrong(f"a band has one low end and one high end, as {{ above = 10, max = 20 }}, not {value!r}")


def ends(value: object) -> tuple[Any, Any]:
    """The two ends of a band; a table leaves one open. Raises `Wrong`."""
    if isinstance(value, Mapping) and set(value) <= {"min", "max"} and value:
        return value.get("min"), value.get("max")
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise Wrong(f"a band is two numbers, as [10, 20], or {{ min = 10 }}, not {value!r}")
    return value[0], value[1]


READERS: Mapping[str, Reader] = {
    "type": _type,
    "nullable": _flag(rules.Present, when=False),
    "empty": _flag(rules.Absent, when=True),
    **{kind: _bound(kind) for kind in ("min", "max", "above", "below")},
    **{kind: _values(kind) for kind in ("allowed", "forbidden")},
    **{kind: _pattern(kind) for kind in ("regex", "not_regex")},
    **{kind: _like(kind) for kind in ("like", "not_like")},
    **{kind: _far(kind) for kind in ("max_z_score", "max_abs_z_score", "tukey_fences")},
    "most_common": _most_common,
    "kl_divergence": _divergence,
    **{kind: _length(kind) for kind in ("min_length", "max_length")},
    "date_format": _date_format,
    "unique": _unique,
    "order": _order,
    **{statistic: _band(statistic) for statistic in STATISTICS},
    "quantiles": _band("quantile"),
    "contains": _contains,
}
