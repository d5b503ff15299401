"""What the model does to what it was handed, and with the example it came with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate import Finding, ModelError
from mlgate.tabular import Table
from mlgate_robustness.contract.clause import Bench, breach, must_answer

if TYPE_CHECKING:
    import polars as pl

_LARGEST = 1 << 24
_MOST_ROWS = 1_000


def undisturbed(bench: Bench) -> Iterator[Finding]:
    """The frame that was handed over is the same afterwards."""
    try:
        changed = bench.served.disturbs(Table.of(bench.rows, uri=bench.uri))
    except ModelError:
        return
    if changed:
        yield breach("input", f"it changes its input: {', '.join(changed)}.", columns=list(changed))


def own_example(bench: Bench) -> Iterator[Finding]:
    """The example that was logged with an MLflow model (`input_example.json`) gets answers."""
    if bench.example is None:
        return
    rows = read_example(bench.example, bench.rows)
    if rows is not None and rows.height:
        yield from must_answer("input example", f"its own {bench.example.name} is refused", bench, rows)


def read_example(path: Path, like: pl.DataFrame) -> pl.DataFrame | None:
    """The rows of MLflow's split-oriented example in the types of `like`; None where it is of another kind.

    Only tables of named columns are read: an array has no names to hand over.
    """
    import polars as pl

    if not path.is_file() or path.stat().st_size > _LARGEST:
        return None
    try:
        document: Any = json.loads(path.read_text("utf-8"))
    except ValueError:
        return None
    if not isinstance(document, dict) or not isinstance(document.get("columns"), list):
        return None
    names = [str(name) for name in document["columns"]]
    rows = [dict(zip(names, row, strict=False)) for row in document.get("data", [])[:_MOST_ROWS]]
    if not rows or not set(like.columns) <= set(names):
        return None
    try:
        made = pl.from_dicts(rows, infer_schema_length=None).select(like.columns)
        return made.cast({name: dtype for name, dtype in like.schema.items() if made.schema[name] != dtype})
    except (pl.exceptions.PolarsError, TypeError):
        return None
