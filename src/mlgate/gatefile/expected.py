"""What a part of the schema expects, in words."""

from __future__ import annotations

from collections.abc import Mapping
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


def expected(schema: Schema | bool, definitions: Mapping[str, Schema]) -> str:
    """`text`, `a whole number of at least 1`, `"deny" or "allow"`, `text or a list of text`."""
    if isinstance(schema, bool):
        return "anything" if schema else "nothing"
    if "$ref" in schema:
        return expected(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    if "anyOf" in schema:
        branches = [branch for branch in schema["anyOf"] if branch != {"type": "null"}]
        return listed(dict.fromkeys(expected(branch, definitions) for branch in branches))
    if "const" in schema:
        return found(schema["const"])
    if "enum" in schema:
        return listed(found(word) for word in schema["enum"] if word is not None)
    return _typed(schema, definitions)


def _typed(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    kinds = schema.get("type", "anything")
    names = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    if names == ["array"]:
        return _list(schema, definitions)
    if schema.get("format") == "date":
        return "a date, as 2027-01-31"
    return listed(_TYPES.get(name, name) for name in names) + _limits(schema)


def _list(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    if "prefixItems" in schema:
        return f"a list of {len(schema['prefixItems'])}"
    items = schema.get("items")
    if not items:
        return "a list"
    item = expected(items, definitions)
    several = {"text": "text", "a table": "tables", "a number": "numbers", "a whole number": "whole numbers"}
    return f"a list of {several[item]}" if item in several else f"a list, each item {item}"


def _limits(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" of at least {low} and below {high}"
    return f" of at least {low}" if low is not None else ""
