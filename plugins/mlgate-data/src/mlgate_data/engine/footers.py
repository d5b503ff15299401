"""What the footers of Parquet files already tell: rows, missing values, ranges, and which texts are coded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Table

_CODED = 4.0
"""Bytes per value below which text can only be codes of a dictionary: plain text needs four bytes and its letters."""


@dataclass(frozen=True, slots=True)
class Known:
    """A column by the statistics of its writer.

    `missing` is None for floats, whose NaN no statistic counts; `ends` are the least and the greatest value, of columns
    of numbers alone.
    """

    missing: int | None
    ends: tuple[Any, Any] | None = None
    coded: bool = False


@dataclass(frozen=True, slots=True)
class Footer:
    """All files of a table together; a column is absent where a part of it has no statistics."""

    rows: int
    columns: Mapping[str, Known]


def footer_of(table: Table) -> Footer | None:
    """The footer of a table that was scanned from Parquet files on this machine; None for any other."""
    if not is_parquet(table):
        return None
    import pyarrow.parquet as pq

    rows, chunks = 0, defaultdict[str, list[Any]](list)
    for path in table.paths:
        metadata = pq.read_metadata(path)
        rows += metadata.num_rows
        for group in range(metadata.num_row_groups):
            part = metadata.row_group(group)
            for place in range(part.num_columns):
                chunk = part.column(place)
                chunks[chunk.path_in_schema].append(chunk)
    known = {name: _known(dtype, chunks[name]) for name, dtype in table.schema.items() if name in chunks}
    return Footer(rows, {name: each for name, each in known.items() if each is not None})


def is_parquet(table: Table) -> bool:
    """Whether the table was scanned from Parquet files on this machine."""
    return bool(table.paths) and all(path.suffix.lower() in (".parquet", ".pq") for path in table.paths)


def row_groups(table: Table) -> list[int]:
    """The rows of every row group of a scanned Parquet table, in the table's order; empty for any other."""
    if not is_parquet(table):
        return []
    import pyarrow.parquet as pq

    metadata = [pq.read_metadata(path) for path in table.paths]
    return [each.row_group(group).num_rows for each in metadata for group in range(each.num_row_groups)]


def _known(dtype: pl.DataType, chunks: Sequence[Any]) -> Known | None:
    statistics = [chunk.statistics for chunk in chunks]
    if not all(each is not None and each.has_null_count for each in statistics):
        return None
    missing = None if dtype.is_float() else sum(each.null_count for each in statistics)
    return Known(missing, _ends(statistics) if dtype.is_integer() or dtype.is_float() else None, _coded(chunks))


def _ends(statistics: Iterable[Any]) -> tuple[Any, Any] | None:
    found = []
    for each in statistics:
        if each.has_min_max:
            found.append((each.min, each.max))
        elif each.num_values:
            return None
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def _coded(chunks: Iterable[Any]) -> bool:
    """Whether the texts are held as codes of few distinct ones."""
    return all(
        chunk.physical_type == "BYTE_ARRAY"
        and chunk.has_dictionary_page
        and chunk.total_uncompressed_size < _CODED * chunk.num_values
        for chunk in chunks
    )
