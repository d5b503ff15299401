"""Strict JSON both ways: nothing is written that another parser reads differently, and nothing odd is read."""

from __future__ import annotations

import dataclasses
import json
import math
import numbers
import re
from collections.abc import Iterable, Mapping
from typing import NoReturn

import msgspec

from mlgate.errors import RecordError
from mlgate.results.measurement import Json

_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(tree: object, place: str) -> Json:
    """`tree` in JSON's own types; half a surrogate pair, which UTF-8 can't hold, becomes U+FFFD.

    Raises `RecordError` naming the place of what JSON has no word for: NaN, an infinity, an object.
    """
    if isinstance(tree, str):
        return _text(tree)
    if tree is None or isinstance(tree, bool):
        return tree
    if isinstance(tree, list | tuple):
        return [plain(item, f"{place}[{index}]") for index, item in enumerate(tree)]
    # An abstract class answers slowly, so objects are asked before whether they are numbers.
    if not isinstance(tree, msgspec.Struct | dict) and isinstance(tree, float | int | numbers.Real):
        return _number(tree, place)
    return {_key(name, place): plain(value, f"{place}.{name}") for name, value in _members(tree, place)}


def _members(tree: object, place: str) -> Iterable[tuple[object, object]]:
    if isinstance(tree, msgspec.Struct):
        return ((name, getattr(tree, name)) for name in tree.__struct_fields__)
    if isinstance(tree, Mapping):
        return tree.items()
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return ((field.name, getattr(tree, field.name)) for field in dataclasses.fields(tree))
    raise RecordError(
        f"{place} is of type {type(tree).__name__}, which JSON does not have.",
        hint="Hand over numbers, text, lists and dictionaries.",
    )


def _number(number: float | numbers.Real, place: str) -> int | float:
    if isinstance(number, int | numbers.Integral):
        return int(number)
    finite = float(number)
    if not math.isfinite(finite):
        raise RecordError(f"{place} is {finite}, which JSON does not have.", hint="Leave it out, or hand over None.")
    return finite


def _key(key: object, place: str) -> str:
    if isinstance(key, str):
        return _text(key)
    raise RecordError(f"{place} has the key {key!r}; JSON's keys are text.", hint=f"Use {str(key)!r}.")


def _text(text: str) -> str:
    return str(text) if text.isascii() else _SURROGATE.sub("\ufffd", text)


def parse(document: bytes, what: str) -> object:
    """The JSON of `document`. Raises `RecordError` on all that strict JSON is not; `what` names it in the sentence."""
    try:
        return json.loads(
            document.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite_float,
            object_pairs_hook=_each_key_once,
        )
    except UnicodeDecodeError as error:
        raise RecordError(f"{what} is not UTF-8 text (byte {error.start}).", hint=_HINT) from error
    except json.JSONDecodeError as error:
        raise RecordError(_sentence(error, what), hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise RecordError(f"{what} is not strict JSON: {reason}.", hint=_HINT) from error


_HINT = "Run the gate again, or take the file from where it was written."


def _sentence(error: json.JSONDecodeError, what: str) -> str:
    if not error.doc.strip():
        return f"{what} is empty."
    if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string"):
        return f"{what} is cut off in line {error.lineno}."
    return f"{what} is not JSON: {error.msg[0].lower()}{error.msg[1:]} in line {error.lineno}, column {error.colno}."


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"it holds {name}")


def _finite_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"it holds {digits[:40]}, which no float holds")
    return number


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has the key {twice[:80]!r} twice")
    return members
