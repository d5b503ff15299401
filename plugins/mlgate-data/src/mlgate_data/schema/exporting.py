"""All rows that break a rule, as Parquet files: one file for each rule and table, written batch by batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.batches import Batch, batches
from mlgate_data.engine.order import Disorder, Repeated, with_keys
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.sql import expression
from mlgate_data.schema.claims import Claim, Rows
from mlgate_data.schema.claims_shape import NotFar
from mlgate_data.schema.claims_whole import Ordered, Unique
from mlgate_data.schema.findings import MASKED

if TYPE_CHECKING:
    import polars as pl

Chosen = Callable[[Batch], "pl.DataFrame"]
_ALL = 1 << 40


def export_rows(broken: Sequence[Claim], scan: Scan, folder: Path, sensitive: Collection[str]) -> list[Path]:
    """The files that were written into `folder`: whole rows with their numbers, `sensitive` columns masked."""
    chosen = [(claim, rows) for claim in broken if (rows := _choice(claim, scan)) is not None]
    if not chosen:
        return []
    names = [f"{place:02}-{scan.name}-{_named(claim)}.parquet" for place, (claim, _) in enumerate(chosen, 1)]
    return write_rows(scan, {folder / name: rows for name, (_, rows) in zip(names, chosen, strict=True)}, sensitive)


def write_rows(scan: Scan, chosen: Mapping[Path, Chosen], sensitive: Collection[str]) -> list[Path]:
    """Write the rows that are chosen of every batch, each choice into its file; the files that got any."""
    with ExitStack() as stack:
        writers = [(_Writer(path, stack), rows) for path, rows in chosen.items()]
        for batch in batches(scan.table, scan.table.columns):
            for writer, rows in writers:
                writer.write(_masked(rows(batch), sensitive))
    return [writer.path for writer, _ in writers if writer.written]


class _Writer:
    """A Parquet file that is opened with the first rows."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.path = path
        self.written = 0
        self._stack = stack
        self._file: Any = None

    def write(self, frame: pl.DataFrame) -> None:
        import pyarrow.parquet as pq

        if not frame.height:
            return
        rows = frame.to_arrow()
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._stack.enter_context(pq.ParquetWriter(self.path, rows.schema))
        self._file.write_table(rows)
        self.written += frame.height


def _choice(claim: Claim, scan: Scan) -> Chosen | None:
    """Which rows of a batch break the claim; None for a claim that is not about rows."""
    if isinstance(claim, NotFar):
        look = claim.look(scan)
        return None if look is None else _choice(Rows(look.rule, claim.tolerance), scan)
    if isinstance(claim, Rows):
        breaks, where = claim.about.breaks(scan.schema), claim.tolerance.where
        condition = breaks if where is None else breaks & expression(where)
        return lambda batch: batch.numbered().filter(condition)
    if isinstance(claim, Unique):
        key, where = claim.key, claim.tolerance.where
        repeated = scan[Repeated(key, where, _ALL)].some
        return lambda batch: with_keys(batch, key, repeated, where, scan.schema)
    if isinstance(claim, Ordered):
        fact = claim.fact
        late = scan[Disorder(fact.column, fact.falling, fact.strictly, fact.where, _ALL)].rows
        numbers = np.array([next(iter(row.values())) for row in late], dtype=np.int64)
        return lambda batch: numbered_rows(batch, numbers)
    return None


def numbered_rows(batch: Batch, numbers: NDArray[np.int64]) -> pl.DataFrame:
    """The rows of a batch whose numbers in the table are among `numbers`, which rise."""
    first, last = np.searchsorted(numbers, [batch.start, batch.start + batch.height])
    return batch.numbered()[numbers[first:last] - batch.start]


def _masked(frame: pl.DataFrame, sensitive: Collection[str]) -> pl.DataFrame:
    import polars as pl

    return frame.with_columns(pl.lit(MASKED).alias(name) for name in frame.columns if name in sensitive)


def _named(claim: Claim) -> str:
    return "-".join(_safe(claim.rule, *claim.columns[:3]))


def _safe(*names: str) -> Iterator[str]:
    """Names as parts of a file's name, whatever letters columns have."""
    return (re.sub(r"[^A-Za-z0-9_]+", "_", name)[:40] or "_" for name in names)
