"""What a pandera schema allows a column to hold, as the values that a search may set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate import CheckError
from mlgate_robustness.search.searching import Ground
from mlgate_robustness.search.seen import Seen

if TYPE_CHECKING:
    import polars as pl

_STEPS = 101


def allowed_by(schema: Any, ground: Ground) -> Ground:
    """`ground` with the values that `schema` allows, for the columns that it bounds on both sides or lists.

    `schema` is a pandera `DataFrameSchema` or a model class, for pandas or polars. Other columns keep what was seen.
    Raises `CheckError` for what is no schema, or for one whose values are not of a column's type.
    """
    made = schema.to_schema() if hasattr(schema, "to_schema") else schema
    if not isinstance(getattr(made, "columns", None), Mapping):
        raise CheckError(f"{schema!r} is no pandera schema.", hint="Hand over a DataFrameSchema or a DataFrameModel.")
    stated = {name: _allowed(column, ground.rows) for name, column in made.columns.items() if name in ground.seen}
    found = {name: each for name, each in stated.items() if each is not None}
    return replace(ground, seen={**ground.seen, **found})


def _allowed(column: Any, rows: pl.DataFrame) -> Seen | None:
    import polars as pl

    bounds = {key: value for check in column.checks for key, value in check.statistics.items()}
    values = _values(bounds)
    if values is None:
        return None
    dtype = rows.schema[column.name]
    try:
        series = pl.Series(column.name, values, strict=False).cast(dtype).unique().sort()
    except pl.exceptions.PolarsError as error:
        raise CheckError(f"the schema allows {column.name!r} what is no {dtype}: {error}.") from error
    return Seen(series, ordered=dtype.is_numeric() or dtype.is_temporal(), nulls=bool(column.nullable))


def _values(bounds: Mapping[str, Any]) -> list[Any] | None:
    listed = bounds.get("allowed_values")
    if isinstance(listed, Iterable):
        return list(listed)
    low, high = bounds.get("min_value"), bounds.get("max_value")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return None
    return [float(each) for each in np.linspace(low, high, _STEPS)]
