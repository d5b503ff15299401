"""The text of a Jupyter notebook, cell by cell, with the line of the file on which each line of a cell stands.

Images and other outputs in base64 are left out: they look like keys all over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
"""Tracebacks are coloured, in the middle of words."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """All lines of code, prose and printed text; `lines` are their lines in the file, None where not found."""

    text: str
    lines: tuple[int | None, ...]

    def line(self, number: int) -> int | None:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else None


def read_notebook(content: str) -> Notebook | None:
    """None where `content` is no notebook: it is then a text as any other."""
    try:
        cells = json.loads(content)["cells"]
        spoken = [line for cell in cells for line in _of_cell(cell)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Notebook("\n".join(spoken) + "\n", tuple(_places(spoken, content.splitlines())))


def _of_cell(cell: Any) -> Iterator[str]:
    yield from _text(cell.get("source", ""))
    for output in cell.get("outputs", ()):
        yield from _text(output.get("text", ""))
        yield from _text(output.get("evalue", ""))
        for kind, value in (output.get("data") or {}).items():
            if kind.startswith("text/") or kind == "application/json":
                yield from _text(value if kind.startswith("text/") else json.dumps(value))
        for line in output.get("traceback", ()):
            yield from _text(_COLOURS.sub("", line))


def _text(value: Any) -> list[str]:
    joined = "".join(map(str, value)) if isinstance(value, list) else str(value)
    return joined.splitlines()


_AHEAD = 1_000
"""Lines that are looked ahead for the next one: outputs that are left out stand between."""


def _places(spoken: list[str], written: list[str]) -> Iterator[int | None]:
    """Lines come in the file's order, so each is looked for after the one before it."""
    start = 0
    for line in spoken:
        quoted = {json.dumps(line, ensure_ascii=ascii)[1:-1] for ascii in (True, False)}
        ahead = range(start, min(start + _AHEAD, len(written)))
        found = next((at for at in ahead if any(each in written[at] for each in quoted)), None)
        start = found if found is not None else start
        yield None if found is None or not line.strip() else found + 1
