"""The names that a mistyped one may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Up to three known names near `name`, quoted and joined by "or"; None where none is near."""
    by_folded = {other.casefold(): other for other in known}
    found = get_close_matches(name.casefold(), list(by_folded), n=3, cutoff=0.6)
    return " or ".join(repr(by_folded[match]) for match in found) or None


def listed(names: Sequence[str], most: int = 8) -> str:
    """`a, b, c`, and how many more there are: a table may have thousands of columns."""
    more = len(names) - most
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:most])} and {more:,} more"
