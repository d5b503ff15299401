"""Markdown that says what it is told to say, and nothing that a stranger's text would have it say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from mlgate.reports.terminal import harmless

_GAP = "\u200b"
_CALLS = re.compile(r"(@|#|!|\bGH-)(?=\w)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<=www)\.|:(?=//)", re.IGNORECASE)
_OPENING = re.compile(r"^(\d*)([-+=#.)])(?=[-+=#.) ]|$)")
# Entities for what splits table cells or opens code and HTML; every renderer leaves them alone.
_INLINE = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "\\": "&#92;",
        "|": "&#124;",
        "`": "&#96;",
        _GAP: "&#8203;",
        **{character: f"\\{character}" for character in "*_[]~$"},
    }
)


def plain(text: str) -> str:
    """`text` on one line, without effect: no markup, HTML, links, mentions or references to issues.

    A zero-width space stands where a mention or a reference would begin: renderers look for those after they have
    undone every escape.
    """
    quiet = _CALLS.sub(rf"\1{_GAP}", harmless(text)).translate(_INLINE)
    return _OPENING.sub(r"\1\\\2", _ADDRESS.sub(lambda sign: f"&#{ord(sign[0])};", quiet))


def code(text: str) -> str:
    """`text` in the type of code; a code span could be closed by a backtick inside it, an element can't."""
    return f"<code>{plain(text)}</code>"


def bullet(text: str) -> str:
    return f"- {plain(text)}"


def row(cells: Iterable[str]) -> str:
    """One row of a table, its cells escaped."""
    return f"| {' | '.join(plain(cell) for cell in cells)} |"


def head(names: Sequence[str]) -> tuple[str, str]:
    """The two lines that begin a table."""
    return row(names), f"|{'---|' * len(names)}"


def fitting(lines: Sequence[str], room: int) -> Sequence[str]:
    """As many of `lines`, from the first on, as fit into `room` characters."""
    ends = accumulate(len(line) + 1 for line in lines)
    return lines[: sum(end <= room for end in ends)]
