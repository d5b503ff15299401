"""What a pandera schema allows a column to hold, as the values that a search may set."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate import CheckError
from mlgate_robustness.search.searching import Ground
from mlgate_robustness.search.seen import MOST_STEPS, Seen

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
    columns = {name: column for name, column in made.columns.items() if name in ground.seen}
    stated = {name: _allowed(column, ground.rows, ground.seen[name]) for name, column in columns.items()}
    return replace(ground, seen={**ground.seen, **stated})


def _allowed(column: Any, rows: pl.DataFrame, held: Seen) -> Seen:
    import polars as pl

    dtype = rows.schema[column.name]
    nulls = bool(column.nullable) or held.nulls
    values = [False, True] if dtype == pl.Boolean else _values(column.checks, dtype)
    if values is None:
        return replace(held, nulls=nulls)
    try:
        series = pl.Series(column.name, values, strict=False).cast(dtype).unique().sort()
    except pl.exceptions.PolarsError as error:
        raise CheckError(f"the schema allows {column.name!r} what is no {dtype}: {error}.") from error
    listed = any(check.name == "isin" for check in column.checks)
    return Seen(series, ordered=dtype.is_numeric() or dtype.is_temporal(), nulls=nulls, listed=listed)


def _values(checks: Iterable[Any], dtype: pl.DataType) -> list[Any] | None:
    """What pandera's own checks list or bound on both sides: every whole number where they are few, else 101 steps."""
    stated = {check.name: check.statistics or {} for check in checks}
    merged = {key: value for statistics in stated.values() for key, value in statistics.items()}
    listed = merged.get("allowed_values", [merged["value"]] if "equal_to" in stated else None)
    if isinstance(listed, Iterable):
        return list(listed)
    low, high = merged.get("min_value"), merged.get("max_value")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return None
    if dtype.is_integer() and high - low < MOST_STEPS:
        steps: list[Any] = list(range(math.ceil(low), math.floor(high) + 1))
    else:
        steps = [float(each) for each in np.linspace(low, high, _STEPS)]
    if "greater_than" in stated or merged.get("include_min") is False:
        steps = [each for each in steps if each > low]
    if "less_than" in stated or merged.get("include_max") is False:
        steps = [each for each in steps if each < high]
    return steps
