"""The protocol between the gate and a worker: a request file, tables as Arrow streams, an answer file.

request.json   {"protocol": 1, "worker": "/a/worker.py", "body": ..., "tables": {"test": "test.arrow"}}
answer.jsonl   {"protocol": 1}, then one {"item": {...}} per line, then {"done": true} or {"crashed": "..."};
               every line is strict JSON, without NaN

A worker that is killed leaves the lines that it had written: they count, and what is missing is said.
`boot.py` is the other side.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.results import Json, Sandbox, SandboxLevel

if TYPE_CHECKING:
    import pyarrow as pa

PROTOCOL = 1
REQUEST = "request.json"
ANSWER = "answer.jsonl"
PRINTED = "printed.txt"
_TABLE = re.compile(r"[a-z_]+")
MIB = 1 << 20
UNCONFINED = Sandbox(SandboxLevel.NONE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a worker may take: bytes of memory that it writes to, seconds, bytes of any file that it writes."""

    memory: int = 4096 * MIB
    seconds: float = 1800.0
    output: int = 64 * MIB


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker answered: its items, in order.

    `failure` says how it ended where it did not finish; it continues a sentence that begins with the engine's name.
    `sandbox` is how it was confined, and what this platform could not keep it from; `built` is how long the build took,
    if there was one.
    """

    items: tuple[Mapping[str, Json], ...]
    failure: str | None = None
    sandbox: Sandbox = UNCONFINED
    built: float | None = None


def write_request(
    folder: Path, worker: Path, body: Mapping[str, Json], tables: Mapping[str, Iterable[pa.Table]]
) -> None:
    """Write what the worker in the file `worker` is asked into `folder`."""
    names = {name: _write_table(folder, name, batches) for name, batches in tables.items()}
    tree = {"protocol": PROTOCOL, "worker": str(worker), "body": body, "tables": names}
    (folder / REQUEST).write_text(json.dumps(tree, allow_nan=False), encoding="utf-8")


def _write_table(folder: Path, name: str, batches: Iterable[pa.Table]) -> str:
    """An Arrow stream of the batches, one after the other: no more is held than one of them."""
    import pyarrow as pa

    if not _TABLE.fullmatch(name):
        raise ValueError(f"a table's name is lower case, not {name!r}")
    path = folder / f"{name}.arrow"
    writer, schema = None, None
    with pa.OSFile(str(path), "wb") as sink:
        for batch in batches:
            if writer is None:
                writer, schema = pa.ipc.new_stream(sink, batch.schema), batch.schema
            writer.write_table(batch.cast(schema))  # a column that is empty in one batch may have another type there
        if writer is not None:
            writer.close()
    return path.name


def read_answer(path: Path, most: int) -> Answer:
    """What stands in the answer file, whoever wrote it: it is taken for hostile."""
    if not path.is_file():
        return Answer((), "ended before it answered")
    if path.stat().st_size > most:
        return Answer((), f"answered with more than {most / MIB:,.0f} MiB")
    return _read_lines(path.read_bytes())


def _read_lines(content: bytes) -> Answer:
    """The items until the first line that is none."""
    lines = content.split(b"\n")
    items: list[Mapping[str, Json]] = []
    for place, line in enumerate(lines[:-1]):  # what follows the last line break was cut off
        tree = _strict(line)
        if tree is None:
            return Answer(tuple(items), "answered with what is no strict JSON")
        if place == 0:
            if tree.get("protocol") != PROTOCOL:
                return Answer((), f"speaks protocol {tree.get('protocol')!r}, and this mlgate speaks {PROTOCOL}")
        elif isinstance(tree.get("item"), dict):
            items.append(tree["item"])
        elif tree.get("done") is True:
            return Answer(tuple(items))
        else:
            return Answer(tuple(items), str(tree.get("crashed") or "answered with something else")[:500])
    return Answer(tuple(items), "ended before it had answered all")


def _strict(line: bytes) -> dict[str, Any] | None:
    try:
        tree = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
