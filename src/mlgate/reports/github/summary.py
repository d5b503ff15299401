"""The step summary: the Markdown report with more room, in as many bytes as GitHub takes."""

from __future__ import annotations

from typing import Final

from mlgate.reports.markdown import draw
from mlgate.results import Record

LIMIT: Final = 1024 * 1024
"""A step's summary in bytes; of a larger one GitHub shows nothing, and fails the step.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
"""
LEAST: Final = 8_000
"""Characters into which the verdict and what follows from it fit."""
_GAP: Final = 1_024


def summary(record: Record, taken: int = 0) -> str | None:
    """The summary in what `taken` bytes of the same step leave; None where they leave no room for one.

    The budget is one of bytes, and a page is laid out in characters: it is laid out again until it fits.
    """
    room = LIMIT - _GAP - taken
    longest = room
    while longest >= LEAST:
        text = draw(record, longest)
        size = len(text.encode())
        if size <= room:
            return text
        longest = min(longest // 2, longest * room // size)
    return None
