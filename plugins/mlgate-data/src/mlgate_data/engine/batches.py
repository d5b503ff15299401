"""A table as a stream of polars frames: few enough rows to stay in cache, in the table's order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlgate_data.engine.footers import row_groups
from mlgate_data.engine.kinds import column, is_text

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Table

_CELLS = 5_000_000
_MOST_ROWS = 250_000
_AHEAD = 50_000_000
"""Values that polars may read ahead of the batch that is looked at, row groups being whole."""
_FEWEST_ROWS = 1_000
_WORTH_IT = 8
"""Distinct values are looked at instead of rows where a batch has this many rows per value or more."""
_PROBE = 5_000
"""Rows that tell a column of many values, before all of a batch are counted."""


@dataclass
class Distinct:
    """Which text columns have few distinct values; learned from the batches that were seen."""

    many: set[str] = field(default_factory=set)


@dataclass
class Batch:
    """Some rows of a table; `start` is the number of rows before them."""

    frame: pl.DataFrame
    start: int
    distinct: Distinct
    _tallies: dict[str, pl.DataFrame | None] = field(default_factory=dict)
    _numbered: pl.DataFrame | None = None

    @property
    def height(self) -> int:
        return self.frame.height

    def missing(self, name: str) -> int:
        """Rows without a value in a column."""
        return self.frame.get_column(name).null_count()

    def tally(self, name: str) -> pl.DataFrame | None:
        """The distinct values of a column and, as the last column, how many rows have each; None where they are many.

        Computed once for all that ask. A missing value is a value.
        """
        if name not in self._tallies:
            self._tallies[name] = self._few(name)
        return self._tallies[name]

    def numbered(self) -> pl.DataFrame:
        """The frame with each row's number in the table, from 0, as the first column."""
        if self._numbered is None:
            name = next(name for name in ("row", "row number", "\0row") if name not in self.frame.columns)
            self._numbered = self.frame.with_row_index(name, offset=self.start)
        return self._numbered

    def numbered_part(self, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of `numbered`: asking a frame of thousands of columns costs by their number each time."""
        import polars as pl

        first = self.numbered().to_series(0)
        return pl.DataFrame({first.name: first, **{name: self.frame.get_column(name) for name in names}})

    def _few(self, name: str) -> pl.DataFrame | None:
        if name in self.distinct.many:
            return None
        series = self.frame.get_column(name)
        if self.frame.height > _PROBE and series.head(_PROBE).n_unique() * 2 > _PROBE:
            self.distinct.many.add(name)
            return None
        counts = value_counts(series)
        if counts.height * _WORTH_IT > self.frame.height > _FEWEST_ROWS:
            self.distinct.many.add(name)
        return counts


def value_counts(series: pl.Series) -> pl.DataFrame:
    """Distinct values and their counts, the counts in the last column."""
    return series.value_counts(name="rows" if series.name != "rows" else "count")


def batches(table: Table, columns: Sequence[str]) -> Iterator[Batch]:
    """The rows of the named columns. NaN comes as missing, categories as text. Raises `DataError`."""
    distinct, start = Distinct(), 0
    for frame in _frames(table, columns):
        yield Batch(frame, start, distinct)
        start += frame.height


def windows(groups: Sequence[int], columns: int) -> Iterator[tuple[int, int | None]]:
    """Whole row groups that are read at a time, as their first row and their number of rows; None is all of the table.

    Polars reads ahead by as many row groups as there are cores to decode them: without windows, a machine of 64 cores
    holds ten million rows at once.
    """
    if sum(groups) * columns <= _AHEAD:
        yield 0, None
        return
    start = length = 0
    for rows in groups:
        if length and (length + rows) * columns > _AHEAD:
            yield start, length
            start, length = start + length, 0
        length += rows
    yield start, length


def rows_per_batch(columns: int) -> int:
    return max(_FEWEST_ROWS, min(_MOST_ROWS, _CELLS // max(1, columns)))


def _frames(table: Table, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    import polars as pl

    from mlgate.tabular.frames import reading

    size = rows_per_batch(len(columns))
    native = table.lazy().to_native()
    if isinstance(native, pl.LazyFrame):
        chosen = native.select(column(name) for name in columns)
        with reading(table.uri, table.paths):
            for start, length in windows(row_groups(table), len(columns)):
                part = chosen if length is None else chosen.slice(start, length)
                for frame in part.collect_batches(chunk_size=size, maintain_order=True):
                    yield _plain(frame)
        return
    for part in table.batches(columns, size):
        yield _plain(pl.DataFrame(part))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns so that expressions need not ask where they came from. In the plan, this would double the memory."""
    import polars as pl

    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    nan = frame.select(column(name).is_nan().any() for name in floats).row(0) if floats else ()
    changed = [column(name).fill_nan(None) for name, some in zip(floats, nan, strict=True) if some]
    texts = [name for name, dtype in frame.schema.items() if is_text(dtype) and dtype != pl.String]
    changed.extend(column(name).cast(pl.String) for name in texts)
    return frame.with_columns(changed) if changed else frame
