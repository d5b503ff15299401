"""The page of a check: its docstring, its options, what it asks for and its default rule."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from mlgate.checks import Check, Option
from mlgate.gatefile.toml_text import to_toml
from mlgate.rules.mistakes import listed


def page_of(check: Check) -> str:
    """The page as text, for the terminal."""
    sections = [check.id, "=" * len(check.id), "", check.page.strip(), ""]
    if check.options:
        sections += ["Options", "-------", *(_option(option) for option in check.options), ""]
    sections += ["Asks for", "--------", ", ".join(check.resources) or "nothing", ""]
    sections += ["Default rule", "------------", *(rule_lines(check) or ["none: the measurement is recorded."])]
    return "\n".join(sections)


def rule_lines(check: Check) -> list[str]:
    """The rule by default, as the gate file writes it."""
    return [f"{key} = {to_toml(value)}" for key, value in check.default.items()]


def default_in_words(option: Option) -> str:
    """What an option is where the gate file says nothing."""
    if option.required:
        return "to be set"
    return "not set" if option.default is None else to_toml(option.default)


def type_in_words(annotation: object) -> str:
    """What an option may be, in the gate file's terms: `int`, `"low" or "high"`, `list of str`, `table of float`.

    That it may be left out is its default's to say.
    """
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_in_words(inner[0])
    if origin in (Union, UnionType):
        return listed([type_in_words(each) for each in inner if each is not NoneType])
    if choices := list(inner) if origin is Literal else _members(annotation):
        return listed([to_toml(each) for each in choices])
    if origin in (list, tuple):
        return f"list of {_several(inner[0])}" if inner[0] is not Any else "list"
    if origin in (dict, Mapping):
        return f"table of {_several(inner[1])}" if inner[1] is not Any else "table"
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _members(annotation: object) -> list[object]:
    is_enum = isinstance(annotation, type) and issubclass(annotation, Enum)
    return [each.value for each in annotation] if is_enum else []  # type: ignore[attr-defined]


def _several(annotation: object) -> str:
    words = type_in_words(annotation)
    return words.replace("table", "tables", 1) if words.startswith("table") else words


def _option(option: Option) -> str:
    default = default_in_words(option)
    said = default if option.required or option.default is None else f"default {default}"
    return f"{option.name} ({type_in_words(option.annotation)}), {said}"
