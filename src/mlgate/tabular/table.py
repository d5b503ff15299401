"""A lazy table: columns, a schema, rows in a stable order, a digest; nothing is read before it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.errors import DataError
from mlgate.tabular.frames import FrameSource, LazySource
from mlgate.tabular.nearest import listed, nearest

if TYPE_CHECKING:
    import narwhals as nw
    import numpy as np
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray

BATCH_ROWS = 65_536


class Table:
    """Rows and columns behind narwhals, whoever holds them. Make one with `Table.scan` or `Table.of`.

    `uri` is what a report calls it. Reading raises `DataError`, naming the table and, where it is known, the row.
    """

    def __init__(
        self,
        source: FrameSource,
        *,
        uri: str,
        digest: Callable[[], str] | None = None,
        paths: tuple[Path, ...] = (),
    ) -> None:
        self.uri = uri
        self.paths = paths
        """The files on this machine that hold exactly these rows, in their order; none for a frame."""
        self._source = source
        self._digest = digest

    @classmethod
    def of(cls, frame: object, *, uri: str = "memory:frame", may_be_empty: bool = False) -> Table:
        """The table of a frame: pandas, polars (eager or lazy), pyarrow, a DuckDB relation, or what narwhals knows.

        One without rows is refused, unless the question is what a model makes of it.
        """
        from mlgate.tabular.frames import not_empty, source_of

        source = source_of(frame, uri)
        return cls(source if may_be_empty else not_empty(source, uri), uri=uri)

    @classmethod
    def scan(cls, uri: str) -> Table:
        """The table of a file or a glob of files: Parquet, CSV or JSON lines, by the name's ending.

        Raises `DataError` where there is no such file, where it is not what its name says, has no rows, or has a
        row that can't be read.
        """
        from mlgate.tabular.files import scan_files

        scanned = scan_files(uri)
        return cls(LazySource(scanned.frame, uri, scanned.paths), uri=uri, digest=scanned.digest, paths=scanned.paths)

    @cached_property
    def schema(self) -> Mapping[str, pl.DataType]:
        """Column name to polars type, in the table's order."""
        return self._source.schema()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.schema)

    @cached_property
    def rows(self) -> int:
        return self._source.rows()

    @cached_property
    def digest(self) -> str:
        """`sha256:...` of the files' bytes, or of a frame's column names, types and values in order."""
        if self._digest is not None:
            return self._digest()
        from mlgate.tabular.digest import digest_of_batches

        return digest_of_batches(self.batches(), self.columns)

    def lazy(self) -> nw.LazyFrame[Any]:
        """The table as a narwhals lazy frame: add expressions, collect once."""
        return self._source.lazy()

    def batches(self, columns: Sequence[str] | None = None, size: int = BATCH_ROWS) -> Iterator[pa.Table]:
        """The rows in order, as Arrow tables of at most `size` rows, without holding all of them."""
        return self._source.batches(self._known(columns), size)

    def pieces(self, columns: Sequence[str], size: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
        """The rows in order, in polars frames of about `size` rows (one of all, where the engine has no parts)."""
        return self._source.pieces(self._known(columns), size)

    def collect(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The named columns (all of them by default) in memory, rows in the same order as in `batches`."""
        return self._source.collect(self._known(columns))

    def take(self, places: NDArray[np.intp]) -> pl.DataFrame:
        """The rows at these places (rising, from 0) with all columns; no more of the table is held than a batch."""
        import polars as pl

        parts: list[pl.DataFrame] = []
        start = 0
        for batch in self.batches():
            here = places[(places >= start) & (places < start + batch.num_rows)] - start
            if len(here):
                parts.append(pl.DataFrame(batch)[here])
            start += batch.num_rows
        return pl.concat(parts)

    def require(self, *columns: str) -> None:
        """Raise `DataError` naming the first of `columns` that the table lacks, and the names nearest to it."""
        for column in columns:
            if column not in self.schema:
                near = nearest(column, self.columns)
                raise DataError(
                    f"{self.uri} has no column {column!r}.",
                    hint=f"Did you mean {near}?" if near else f"Its columns are {listed(self.columns)}.",
                )

    def _known(self, columns: Sequence[str] | None) -> list[str]:
        if columns is None:
            return list(self.columns)
        self.require(*columns)
        return list(dict.fromkeys(columns))
