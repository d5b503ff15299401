"""Some rows of a table, drawn at random and the same ones every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Table

SEED = 0


def drawn(rows: int, most: int) -> NDArray[np.intp]:
    """At most `most` places among `rows`, rising."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(SEED).choice(rows, most, replace=False))


def rows_of(table: Table, places: NDArray[np.intp]) -> pl.DataFrame:
    """These rows with all columns; the table is read in batches, and no more of it is held."""
    import polars as pl

    parts: list[pl.DataFrame] = []
    start = 0
    for batch in table.batches():
        here = places[(places >= start) & (places < start + batch.num_rows)] - start
        if len(here):
            parts.append(pl.DataFrame(batch)[here])
        start += batch.num_rows
    return pl.concat(parts)
