"""Rows by their numbers: the first of them for a finding, and all of them as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate import Finding, Json, Severity
from mlgate_data.engine.batches import Batch
from mlgate_data.engine.breaches import SHOWN, first_rows
from mlgate_data.engine.data import Data
from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.exporting import Chosen, numbered_rows, write_rows
from mlgate_data.schema.findings import masked

_WIDEST = 40
"""Columns that a finding shows of a row."""


@dataclass(frozen=True)
class RowsAt:
    """The rows with these numbers (from 0, rising), as far as `columns` go."""

    numbers: tuple[int, ...]
    columns: tuple[str, ...]

    def collector(self, schema: Schema) -> _RowsAt:
        return _RowsAt(self)


@dataclass
class _RowsAt(Collecting):
    fact: RowsAt
    rows: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        found = numbered_rows(batch, np.array(self.fact.numbers, dtype=np.int64))
        self.rows.extend(first_rows(found, self.fact.columns, SHOWN))

    def result(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.rows)


def first_of(numbers: NDArray[np.int64], scan: Scan, columns: Sequence[str | None]) -> RowsAt:
    """The fact of the first rows that a finding shows: `columns` first, and others as far as they fit."""
    known = [name for name in dict.fromkeys((*columns, *scan.schema)) if name is not None and name in scan.schema]
    return RowsAt(tuple(int(number) for number in numbers[:SHOWN]), tuple(known[:_WIDEST]))


def finding(message: str, count: int, rows: Sequence[Mapping[str, Any]], scan: Scan, data: Data) -> Finding:
    """A finding of high severity with the first rows; values of sensitive columns are not in it."""
    shown: list[Json] = [masked(row, data.columns.sensitive) for row in rows]
    facts: dict[str, Json] = {"table": scan.name, "count": count, "of": scan.rows, "rows": shown}
    return Finding(message, Severity.HIGH, data=facts)


def export(check: str, scan: Scan, data: Data, rows: Chosen) -> None:
    """Write all rows that are chosen, where somebody asked for them: `DIR/<check>/<table>.parquet`."""
    if data.export is not None:
        write_rows(scan, {data.export / check / f"{scan.name}.parquet": rows}, data.columns.sensitive)
