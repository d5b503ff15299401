"""What a column holds, in the five ways that checks tell apart, and how to name it in an expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


class Kind(StrEnum):
    """What the values of a column are, in words for people."""

    NUMBER = "numbers"
    TEXT = "text"
    BOOLEAN = "true or false"
    TIME = "dates or times"
    OTHER = "nested or binary values"


FLAT = (Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.TIME)
"""Kinds whose values can be compared and hashed."""


def kind_of(dtype: pl.DataType) -> Kind:
    """The kind of a polars type; a column without any value counts as `OTHER`."""
    import polars as pl

    if dtype.is_numeric():
        return Kind.NUMBER
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return Kind.TEXT
    if dtype == pl.Boolean:
        return Kind.BOOLEAN
    return Kind.TIME if dtype.is_temporal() else Kind.OTHER


def is_text(dtype: pl.DataType) -> bool:
    return kind_of(dtype) is Kind.TEXT


def of_kind(schema: Mapping[str, pl.DataType], *kinds: Kind, without: Iterable[str | None] = ()) -> list[str]:
    """The columns of `schema` that are of one of `kinds`, in its order."""
    left_out = set(without)
    return [name for name, dtype in schema.items() if kind_of(dtype) in kinds and name not in left_out]


def shared(one: Mapping[str, pl.DataType], other: Mapping[str, pl.DataType], *kinds: Kind) -> list[str]:
    """The columns that both schemas have and that are of one of `kinds` in both, in the first one's order."""
    known = set(of_kind(other, *kinds))
    return [name for name in of_kind(one, *kinds) if name in known]


def alike(one: Mapping[str, pl.DataType], other: Mapping[str, pl.DataType]) -> list[str]:
    """The columns that can be compared and hashed, and that both schemas hold as the same kind."""
    return [name for name in shared(one, other, *FLAT) if kind_of(one[name]) is kind_of(other[name])]


def column(name: str) -> pl.Expr:
    """The column of exactly this name: `polars.col` reads `*` and `^...$` as patterns."""
    import polars as pl
    import polars.selectors as cs

    if name == "*" or (name.startswith("^") and name.endswith("$")):
        return cs.by_name(name).as_expr()
    return pl.col(name)
