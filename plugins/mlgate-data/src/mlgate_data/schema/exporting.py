"""All rows that break a rule, as Parquet files: one file for each rule and table, written batch by batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate_data.engine.batches import Batch, batches
from mlgate_data.engine.order import Disorder, Repeated, with_keys
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.sql import expression
from mlgate_data.schema.claims import Claim, Rows
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
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{place:02}-{scan.name}-{_named(claim)}.parquet" for place, (claim, _) in enumerate(chosen, 1)]
    with ExitStack() as stack:
        writers = [_Writer(path, stack) for path in paths]
        for batch in batches(scan.table, scan.table.columns):
            for writer, (_, rows) in zip(writers, chosen, strict=True):
                writer.write(_masked(rows(batch), sensitive))
    return [writer.path for writer in writers if writer.written]


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
            self._file = self._stack.enter_context(pq.ParquetWriter(self.path, rows.schema))
        self._file.write_table(rows)
        self.written += frame.height


def _choice(claim: Claim, scan: Scan) -> Chosen | None:
    """Which rows of a batch break the claim; None for a claim that is not about rows."""
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
        numbers = [next(iter(row.values())) for row in late]
        return lambda batch: _numbered(batch, numbers)
    return None


def _numbered(batch: Batch, numbers: Sequence[int]) -> pl.DataFrame:
    frame = batch.numbered()
    return frame.filter(frame.to_series(0).is_in(numbers))


def _masked(frame: pl.DataFrame, sensitive: Collection[str]) -> pl.DataFrame:
    import polars as pl

    return frame.with_columns(pl.lit(MASKED).alias(name) for name in frame.columns if name in sensitive)


def _named(claim: Claim) -> str:
    return "-".join(_safe(claim.rule, *claim.columns[:3]))


def _safe(*names: str) -> Iterator[str]:
    """Names as parts of a file's name, whatever letters columns have."""
    return (re.sub(r"[^A-Za-z0-9_]+", "_", name)[:40] or "_" for name in names)
