"""What a gate file may say under `[checks."data.schema"]`, as types that editors and the gate file's schema know."""

from __future__ import annotations

from typing import Literal, TypedDict

Value = bool | int | float | str
Band = list[float | int] | dict[str, float | int]


class ColumnRules(TypedDict, total=False):
    """The rules of one column. Each value may also be a table: `max = { value = 120, mostly = 0.99 }`."""

    type: object
    required: bool
    nullable: object
    empty: object
    min: object
    max: object
    above: object
    below: object
    allowed: object
    forbidden: object
    regex: object
    not_regex: object
    min_length: object
    max_length: object
    date_format: object
    unique: object
    order: object
    mean: Band
    std: Band
    sum: Band
    median: Band
    least: list[Value]
    greatest: list[Value]
    distinct: Band
    distinct_share: Band
    quantiles: dict[str, Band]
    contains: list[Value]
    mostly: float
    where: str


class SumRule(TypedDict, total=False):
    """Columns that add up: `{ columns = ["a", "b"], equals = "total", tolerance = 0.01 }`."""

    columns: list[str]
    equals: float | str
    tolerance: float
    mostly: float
    where: str


class RowCondition(TypedDict, total=False):
    """An SQL condition with its tolerance: `{ sql = "opened <= closed", mostly = 0.99 }`."""

    sql: str
    mostly: float
    where: str


Direction = Literal["increasing", "decreasing", "strictly increasing", "strictly decreasing"]
DIRECTIONS = ("increasing", "decreasing", "strictly increasing", "strictly decreasing")
