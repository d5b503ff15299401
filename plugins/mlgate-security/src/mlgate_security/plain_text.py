"""Text of strangers on one line, without characters that move a cursor or turn a reading direction."""

from __future__ import annotations

import unicodedata

_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def line(text: str, *, longest: int = 1_000) -> str:
    """`text` with what can't be seen written out as an escape; long text is cut."""
    short = " ".join(text.split())
    cut = short if len(short) <= longest else f"{short[:longest]}..."
    return "".join(
        character.encode("unicode_escape").decode("ascii") if unicodedata.category(character) in _UNSAFE else character
        for character in cut
    )
