"""The values of a check's options: typed by their annotations, from the gate file or from the command line."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time

import msgspec

from mlgate.checks import Check, Option
from mlgate.errors import UsageError


def coerce(option: Option, value: object) -> object:
    """`value`, as TOML holds it, as the type that the check asks for.

    Raises `UsageError` where it is of another type, or not finite.
    """
    if any(math.isnan(number) or math.isinf(number) for number in _floats(value)):
        raise UsageError(f"the option {option.name} takes finite numbers alone.")
    if not holdable(option):
        return value
    try:
        return msgspec.convert(value, option.annotation)
    except msgspec.ValidationError as error:
        said = str(error)
        raise UsageError(f"the option {option.name} can't take this value: {said[:1].lower()}{said[1:]}.") from None


def from_text(option: Option, text: str) -> object:
    """A value of the command line: TOML where it fits (`0.4`, `true`, `["a", "b"]`), else the text itself.

    Raises `UsageError`.
    """
    try:
        return coerce(option, tomllib.loads(f"value = {text}")["value"])
    except (tomllib.TOMLDecodeError, UsageError):
        return coerce(option, text)


def option_schemas(checks: Sequence[Check]) -> tuple[dict[tuple[str, str], dict[str, object]], dict[str, object]]:
    """The JSON schema of every option, by check and name, and the definitions that they share."""
    keyed = [(check.id, option) for check in checks for option in check.options if holdable(option)]
    annotations = [option.annotation for _, option in keyed]
    schemas, shared = msgspec.json.schema_components(annotations, ref_template="#/$defs/{name}")
    named = zip(keyed, schemas, strict=True)
    return {(id, option.name): _described(option, schema) for (id, option), schema in named}, dict(shared)


def holdable(option: Option) -> bool:
    """Whether its annotation is a type that a gate file can hold; any value goes where it is not."""
    if option.annotation is object:
        return False
    try:
        msgspec.json.schema(option.annotation)
    except (TypeError, RuntimeError):
        return False
    return True


def _described(option: Option, schema: dict[str, object]) -> dict[str, object]:
    if option.required or option.default is None:
        return schema
    try:
        return {**schema, "default": plain(msgspec.to_builtins(option.default))}
    except TypeError:
        return schema


def _floats(value: object) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _floats(item)


def plain(value: object) -> object:
    """A TOML value as JSON holds it: dates and times are text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value
