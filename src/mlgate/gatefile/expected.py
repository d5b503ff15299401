"""What a part of the schema expects, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlgate.rules.mistakes import found, listed

Schema = Mapping[str, Any]
_TYPES = {
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
    "number": "a number",
    "integer": "a whole number",
}
_MOST_WORDS = 8
_SHOWN = 3


def expected(schema: Schema | bool, definitions: Mapping[str, Schema]) -> str:
    """`text`, `a whole number of at least 1`, `"deny" or "allow"`, `text or a list of text`."""
    return listed(dict.fromkeys(_choices(schema, definitions)))


def _choices(schema: Schema | bool, definitions: Mapping[str, Schema]) -> Iterator[str]:
    if isinstance(schema, bool):
        yield "anything" if schema else "nothing"
    elif "$ref" in schema:
        yield from _choices(_definition(schema, definitions), definitions)
    elif "anyOf" in schema:
        branches = [branch for branch in schema["anyOf"] if branch != {"type": "null"}]
        yield from (choice for branch in branches for choice in _choices(branch, definitions))
    elif "const" in schema:
        yield found(schema["const"])
    elif "enum" in schema:
        yield from _one_of([found(word) for word in schema["enum"] if word is not None])
    else:
        yield from _typed(schema, definitions)


def words(schema: Schema | bool, definitions: Mapping[str, Schema]) -> Iterator[str]:
    """Every word that is taken, to find the one that was meant."""
    if isinstance(schema, bool):
        return
    if "$ref" in schema:
        yield from words(_definition(schema, definitions), definitions)
    yield from (str(word) for word in schema.get("enum", ()))
    for branch in schema.get("anyOf", ()):
        yield from words(branch, definitions)


def _definition(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    return definitions[schema["$ref"].removeprefix("#/$defs/")]


def _one_of(choices: Sequence[str]) -> Sequence[str]:
    if len(choices) <= _MOST_WORDS:
        return choices
    return [f"one of {len(choices)} words (as {', '.join(choices[:_SHOWN])})"]


def _typed(schema: Schema, definitions: Mapping[str, Schema]) -> Iterator[str]:
    kinds = schema.get("type", "anything")
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind == "array":
            yield _list(schema, definitions)
        elif kind == "string" and schema.get("format") == "date":
            yield "a date, as 2027-01-31"
        elif kind != "null":
            yield _TYPES.get(kind, kind) + (_limits(schema) if kind in ("number", "integer") else "")


def _list(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    if "prefixItems" in schema:
        return f"a list of {len(schema['prefixItems'])}"
    items, exactly = schema.get("items"), schema.get("minItems") == schema.get("maxItems")
    size = f"{schema['minItems']} " if exactly and "minItems" in schema else ""
    if not items:
        return f"a list of {size.strip()}" if size else "a list"
    item = expected(items, definitions)
    several = {"text": "text", "a table": "tables", "a number": "numbers", "a whole number": "whole numbers"}
    return f"a list of {size}{several[item]}" if item in several else f"a list, each item {item}"


def _limits(schema: Schema) -> str:
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    limits = [f"{said} {schema[word]}" for word, said in words.items() if word in schema]
    text = " and ".join(limits)
    return f" of {text}" if text.startswith("at") else f" {text}" if text else ""
