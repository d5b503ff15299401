"""The data of a finding, as a reader takes it in: a row beside its change, a table of facts, a test to paste."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlgate.results import Json

_MOST_CELLS = 60
_LONGEST = 2_000
_LONGEST_CELL = 300


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as texts; `marked` are the rows that changed."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[int] = frozenset()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Text whose lines are kept, such as a test."""

    title: str
    text: str


def tables(data: Mapping[str, Json]) -> Iterator[Table]:
    """What has a shape: a row and its change side by side, lists of rows, dictionaries; then all single facts."""
    row, change = data.get("row"), data.get("change")
    paired = isinstance(row, dict) and isinstance(change, dict)
    if isinstance(row, dict) and isinstance(change, dict):
        yield _beside(row, change)
    for name, held in data.items():
        if paired and name in ("row", "change"):
            continue
        if isinstance(held, dict) and held:
            yield _table(name, ("Name", "Value"), [(key, _text(value)) for key, value in held.items()])
        elif isinstance(held, list) and held and all(isinstance(each, dict) for each in held):
            yield _of_rows(name, [each for each in held if isinstance(each, dict)])
    facts = [(name, _text(held)) for name, held in data.items() if _is_fact(held)]
    if facts:
        yield _table("facts", ("Name", "Value"), facts)


def blocks(data: Mapping[str, Json]) -> Iterator[Block]:
    """Texts of several lines."""
    for name, held in data.items():
        if isinstance(held, str) and "\n" in held:
            yield Block(name, held if len(held) <= _LONGEST else f"{held[:_LONGEST]} ... (the record has it all)")


def _beside(row: Mapping[str, Json], change: Mapping[str, Json]) -> Table:
    """The changed cells first: of a wide row they are what matters."""
    names = [*change, *(name for name in row if name not in change)]
    cells = [(name, _text(row.get(name)), _text(change[name]) if name in change else "") for name in names]
    return _table("the row", ("Column", "Value", "Changed to"), cells, frozenset(range(len(change))))


def _of_rows(title: str, rows: Sequence[Mapping[str, Json]]) -> Table:
    names = list(dict.fromkeys(name for row in rows[:_MOST_CELLS] for name in row))[:12]
    return _table(title, tuple(names), [tuple(_text(row.get(name, "")) for name in names) for row in rows[:200]])


def _table(
    title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], marked: frozenset[int] = frozenset()
) -> Table:
    room = max(1, _MOST_CELLS * 2 // len(head)) if head else 1
    return Table(title.replace("_", " "), head, tuple(rows[:room]), marked, max(0, len(rows) - room))


def _is_fact(held: Json) -> bool:
    if isinstance(held, str):
        return "\n" not in held
    if isinstance(held, list):
        return not (held and all(isinstance(each, dict) for each in held))
    return held is not None and not isinstance(held, dict)


def _text(held: Json) -> str:
    """A cell: text as it is, nothing as `missing`, all else as JSON."""
    if held is None:
        return "missing"
    text = held if isinstance(held, str) else json.dumps(held, ensure_ascii=False)
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"
