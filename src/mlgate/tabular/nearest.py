"""The names that a mistyped one may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Up to three known names near `name`, quoted and joined by "or"; None where none is near."""
    by_folded = {other.casefold(): other for other in known}
    found = get_close_matches(name.casefold(), list(by_folded), n=3, cutoff=0.6)
    return " or ".join(repr(by_folded[match]) for match in found) or None
