"""Values as a gate file writes them, brought to the type of the column that they are compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from mlgate import CheckError
from mlgate_data.engine.kinds import Kind, kind_of

if TYPE_CHECKING:
    import polars as pl

Scalar = bool | int | float | str | date | datetime | time


def fitting(value: Scalar, dtype: pl.DataType, name: str) -> pl.Expr:
    """The value as a literal that a column of `dtype` can be compared with. Raises `CheckError` where it can't."""
    import polars as pl

    if kind_of(dtype) is Kind.TIME:
        return pl.lit(_moment(value, dtype, name))
    wrong = CheckError(f"column {name!r} holds {dtype}, which can't be compared with {value!r}.")
    if kind_of(dtype) is Kind.NUMBER and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise wrong
    if kind_of(dtype) is Kind.TEXT and not isinstance(value, str):
        raise wrong
    if kind_of(dtype) is Kind.OTHER and dtype != pl.Null:
        raise wrong
    return pl.lit(value)


def _moment(value: Scalar, dtype: pl.DataType, name: str) -> date | time:
    """A date or time as the column has it: text is read as ISO 8601, and gets the column's time zone."""
    import polars as pl

    try:
        if dtype == pl.Time:
            return time.fromisoformat(value) if isinstance(value, str) else _known(value, time)
        moment = datetime.fromisoformat(value) if isinstance(value, str) else _dated(value)
    except (TypeError, ValueError):
        raise CheckError(f"column {name!r} holds {dtype}, which can't be compared with {value!r}.") from None
    zone = getattr(dtype, "time_zone", None)
    if zone is not None and moment.tzinfo is None:
        from zoneinfo import ZoneInfo

        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment


def _dated(value: object) -> datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, datetime):
        return value
    raise TypeError(value)


def _known(value: object, kind: type[time]) -> time:
    if isinstance(value, kind):
        return value
    raise TypeError(value)


def among(values: Sequence[Scalar], dtype: pl.DataType, name: str) -> pl.Series:
    """The values that a column of `dtype` can hold; those of another kind match nothing."""
    import polars as pl

    kind = kind_of(dtype)
    if kind is Kind.TIME:
        return pl.Series([_moment(value, dtype, name) for value in values]).cast(dtype)
    if kind is Kind.BOOLEAN:
        return pl.Series([value for value in values if isinstance(value, bool)], dtype=pl.Boolean)
    if kind is Kind.TEXT:
        return pl.Series([value for value in values if isinstance(value, str)], dtype=pl.String)
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if dtype.is_integer():
        return pl.Series([int(value) for value in numbers if float(value).is_integer()], dtype=pl.Int64)
    return pl.Series([float(value) for value in numbers], dtype=pl.Float64)


def as_number(value: Scalar, dtype: pl.DataType | None = None) -> float:
    """A value as a number to compare with a band: times are seconds since 1970 (UTC). NaN for what has no order."""
    if dtype is not None and kind_of(dtype) is Kind.TIME:
        value = _moment(value, dtype, "")
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return float(value) if isinstance(value, int | float) else math.nan
