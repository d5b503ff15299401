"""Text columns that a Parquet file holds as codes: the file has counted out their distinct values already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate_data.engine.batches import Batch, Distinct

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Table


class CodedBatch(Batch):
    """The rows of one column in one row group as codes; made into text only where failing rows are to be shown."""

    def __init__(self, name: str, coded: Any, start: int) -> None:
        self.start = start
        self.distinct = Distinct()
        self._name = name
        self._coded = coded
        self._tallies = {}
        self._numbered = None

    @property
    def frame(self) -> pl.DataFrame:  # type: ignore[override]
        import polars as pl

        return pl.DataFrame({self._name: pl.from_arrow(self._coded).cast(pl.String)})

    @property
    def height(self) -> int:
        return len(self._coded)

    def missing(self, name: str) -> int:
        return int(self._coded.null_count)

    def _few(self, name: str) -> pl.DataFrame:
        import polars as pl

        counts = np.bincount(_codes(self._coded.indices), minlength=len(self._coded.dictionary))
        values = pl.Series(name, self._coded.dictionary.to_pylist(), dtype=pl.String)
        tally = pl.DataFrame({name: values, "rows" if name != "rows" else "count": counts}).filter(counts > 0)
        missing = self.missing(name)
        return tally if not missing else pl.concat([tally, pl.DataFrame([[None], [missing]], schema=tally.schema)])


def _codes(indices: Any) -> NDArray[np.int32]:
    """The codes of the rows that have one, from Arrow's own buffers: pyarrow's conversions are slow to import."""
    validity, codes = indices.buffers()
    here = slice(indices.offset, indices.offset + len(indices))
    numbers: NDArray[np.int32] = np.frombuffer(codes, np.int32)[here]
    if validity is None or not indices.null_count:
        return numbers
    present: NDArray[np.bool_] = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little")[here].astype(bool)
    return numbers[present]


def coded_batches(table: Table, name: str) -> Iterator[CodedBatch]:
    """The rows of one coded text column, row group by row group."""
    import pyarrow.parquet as pq

    start = 0
    for path in table.paths:
        with pq.ParquetFile(path, read_dictionary=[name], pre_buffer=False) as file:
            for group in range(file.num_row_groups):
                for chunk in file.read_row_group(group, columns=[name], use_threads=False).column(0).chunks:
                    yield CodedBatch(name, chunk, start)
                    start += len(chunk)
