"""Mistakes in what somebody wrote: collected, then spoken at once."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from mlgate.errors import UsageError

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class RuleMistake:
    """One mistake in a rule table; `path` leads to it, key by key (a number is a place in a list)."""

    path: tuple[str | int, ...]
    message: str
    hint: str | None = None


class RuleSyntaxErrors(UsageError):
    """Every mistake of one rule table."""

    def __init__(self, mistakes: tuple[RuleMistake, ...], where: str | None) -> None:
        sentences = [f"{each.message} {each.hint}" if each.hint else each.message for each in mistakes]
        super().__init__("\n".join(sentences), where=where)
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Mistakes:
    """The mistakes that a reader met; reading goes on after each."""

    met: list[RuleMistake] = field(default_factory=list)

    def add(self, path: tuple[str | int, ...], message: str, hint: str | None = None) -> None:
        self.met.append(RuleMistake(path, message, hint))


def found(value: object) -> str:
    """A value as its writer knows it: `"wran"`, `true`, `nan`, `a list of 3`, `a table`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _LONGEST else f'{text[:_LONGEST]}..."'
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def did_you_mean(name: object, known: Iterable[str]) -> str | None:
    """`Did you mean at_least?`, or None where nothing is near."""
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"Did you mean {near[0]}?" if near else None


def listed(names: Iterable[str], last: str = "or") -> str:
    """`a, b or c`."""
    *first, final = names
    return f"{', '.join(first)} {last} {final}" if first else final
