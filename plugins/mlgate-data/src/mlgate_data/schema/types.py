"""The types that a schema can name, and which columns hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

SAID: Mapping[str, str] = {
    "int": "whole numbers",
    "float": "numbers with decimals",
    "number": "numbers",
    "text": "text",
    "bool": "true or false",
    "date": "dates",
    "datetime": "dates with times",
    "time": "times of day",
    "duration": "durations",
    "category": "categories",
    "list": "lists",
    "struct": "structs",
    "binary": "binary values",
}
"""The types by the names that a gate file uses, in words for people."""

_ALIASES = {"integer": "int", "str": "text", "string": "text", "boolean": "bool", "double": "float64"}
_EXACT = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64")
NAMES = (*SAID, *_ALIASES, *_EXACT)


def holds(dtype: pl.DataType, names: Iterable[str]) -> bool:
    """Whether a column of `dtype` holds one of the types of these names."""
    return any(_holds(dtype, name) for name in names)


def _holds(dtype: pl.DataType, name: str) -> bool:
    import polars as pl

    wanted = _ALIASES.get(name, name)
    if wanted in _EXACT:
        return str(dtype).lower() == wanted
    tests: Mapping[str, Callable[[], bool]] = {
        "int": dtype.is_integer,
        "float": dtype.is_float,
        "number": dtype.is_numeric,
        "text": lambda: dtype in (pl.String, pl.Categorical, pl.Enum),
        "bool": lambda: dtype == pl.Boolean,
        "date": lambda: dtype == pl.Date,
        "datetime": lambda: dtype == pl.Datetime,
        "time": lambda: dtype == pl.Time,
        "duration": lambda: dtype == pl.Duration,
        "category": lambda: dtype in (pl.Categorical, pl.Enum),
        "list": lambda: dtype in (pl.List, pl.Array),
        "struct": lambda: dtype == pl.Struct,
        "binary": lambda: dtype == pl.Binary,
    }
    return tests[wanted]()


def said(name: str) -> str:
    """The type in words; an exact width is its own name."""
    wanted = _ALIASES.get(name, name)
    return SAID.get(wanted, wanted)


def family(name: str) -> str:
    """`int`, `float` or the name itself: an exact width is of one family."""
    wanted = _ALIASES.get(name, name)
    if wanted.rstrip("0123456789") in ("int", "uint"):
        return "int"
    return "float" if wanted.startswith("float") else wanted
