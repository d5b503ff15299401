"""Which rows of an example stand in a table, by the values of all columns that both have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Table
    from mlgate_security.membership.examples import Columns

_ROW = "__row__"


def training_rows(example: Columns, train: Table, test: Table, names: Sequence[str]) -> int:
    """How many rows of the example are training rows and no test rows; 0 where they share no column.

    A combination of values that test rows have too is a common one, and says nothing of who was trained on.
    """
    kept = [name for name in example if name in names and name in train.schema and name in test.schema]
    found = _found(example, kept, train)
    return len(found - _found(example, kept, test)) if found else 0


def _found(example: Columns, names: Sequence[str], table: Table) -> set[int]:
    import polars as pl

    series = [each for name in names if (each := _as_in(table.schema[name], name, example[name])) is not None]
    if not series:
        return set()
    rows, shared = pl.DataFrame(series).with_row_index(_ROW), [each.name for each in series]
    found: set[int] = set()
    for piece in table.pieces(shared):
        comparable = piece.select(_comparable(piece[name]) for name in shared)
        found |= {*rows.join(comparable, on=shared, how="semi", nulls_equal=True)[_ROW].to_list()}
    return found


def _as_in(dtype: pl.DataType, name: str, values: Sequence[Any]) -> pl.Series | None:
    """The values in the table's own type; None where they don't fit it, and can't be compared."""
    import polars as pl

    try:
        given = pl.Series(name, values, strict=False)
        if isinstance(dtype, pl.Categorical | pl.Enum):
            return given.cast(pl.String)
        cast = given.cast(dtype, strict=False)
    except pl.exceptions.PolarsError:
        return None
    return _comparable(cast) if cast.null_count() == given.null_count() else None


def _comparable(series: pl.Series) -> pl.Series:
    """Categories by their text; no number is a missing value, as JSON has it."""
    import polars as pl

    if isinstance(series.dtype, pl.Categorical | pl.Enum):
        return series.cast(pl.String)
    return series.fill_nan(None) if series.dtype.is_float() else series
