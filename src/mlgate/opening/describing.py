"""Exceptions and lists in one line, for sentences."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST = 300


class Told(Exception):
    """What a model raised in its own process, as `brief` told it there."""


def brief(error: BaseException) -> str:
    """The type and the first line of an exception, without a full stop at the end."""
    if isinstance(error, Told):
        return str(error)
    text = str(error).strip().partition("\n")[0].strip().rstrip(".")
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like this one, if any is; letters' case counts for nothing."""
    by_folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    return by_folded[found[0]] if found else None
