"""Rules about rows: each names the rows that break it by an expression, and says so in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlgate import CheckError
from mlgate_data.engine.breaches import OfColumn
from mlgate_data.engine.facts import Schema
from mlgate_data.engine.footers import Known
from mlgate_data.engine.kinds import Kind, column, kind_of
from mlgate_data.engine.sql import expression
from mlgate_data.schema.rules_across import Ignore, spoken_of
from mlgate_data.schema.values import Scalar, among, fitting

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Bound(OfColumn):
    """`min`, `max`, `above`, `below`: no value on the wrong side of a limit."""

    name: str
    limit: Scalar

    @property
    def broken(self) -> str:
        sides = {"min": "below {}", "max": "above {}", "above": "not above {}", "below": "not below {}"}
        return sides[self.name].format(self.limit)

    def breaks(self, schema: Schema) -> pl.Expr:
        values, limit = column(self.column), fitting(self.limit, schema[self.column], self.column)
        match self.name:
            case "min":
                return values < limit
            case "max":
                return values > limit
            case "above":
                return values <= limit
            case _:
                return values >= limit

    def kept(self, known: Known) -> bool:
        if known.ends is None or not isinstance(self.limit, int | float):
            return False
        low, high = known.ends
        match self.name:
            case "min":
                return bool(low >= self.limit)
            case "max":
                return bool(high <= self.limit)
            case "above":
                return bool(low > self.limit)
            case _:
                return bool(high < self.limit)


@dataclass(frozen=True)
class Present(OfColumn):
    """`nullable = false`: a value in every row."""

    name: str = "nullable"
    broken: str = "missing"
    speaks_of_missing: bool = True

    def breaks(self, schema: Schema) -> pl.Expr:
        return column(self.column).is_null()

    def kept(self, known: Known) -> bool:
        return known.missing == 0

    def counted(self, schema: Schema) -> pl.Expr:
        return every_row()


@dataclass(frozen=True)
class Absent(OfColumn):
    """`empty = true`: no value in any row."""

    name: str = "empty"
    broken: str = "not empty"
    speaks_of_missing: bool = True

    def breaks(self, schema: Schema) -> pl.Expr:
        return column(self.column).is_not_null()

    def counted(self, schema: Schema) -> pl.Expr:
        return every_row()


@dataclass(frozen=True)
class OneOf(OfColumn):
    """`allowed` and `forbidden`: every value is among these, or none is."""

    values: tuple[Scalar, ...]
    name: str = "allowed"

    @property
    def broken(self) -> str:
        said = ", ".join(repr(value) for value in self.values[:5]) + (", ..." if len(self.values) > 5 else "")
        return f"none of {said}" if self.name == "allowed" else f"one of {said}"

    def breaks(self, schema: Schema) -> pl.Expr:
        found = column(self.column).is_in(among(self.values, schema[self.column], self.column).implode())
        return ~found if self.name == "allowed" else found


@dataclass(frozen=True)
class Pattern(OfColumn):
    """`regex` and `not_regex`: text in which every pattern (one of them, with `any_of`) is found, or none is."""

    patterns: tuple[str, ...]
    name: str = "regex"
    any_of: bool = False
    written: tuple[str, ...] = ()

    @property
    def broken(self) -> str:
        if self.written:
            kind = "no match of" if self.name == "like" else "a match of"
            return f"{kind} {' or '.join(self.written)}"
        said = (" or " if self.any_of else " and ").join(self.patterns)
        return f"no match of {said}" if self.name == "regex" else f"a match of {' or '.join(self.patterns)}"

    def breaks(self, schema: Schema) -> pl.Expr:
        import polars as pl

        values = text(self.column, schema, self.name)
        found = [values.str.contains(pattern) for pattern in self.patterns]
        if self.name in ("not_regex", "not_like"):
            return pl.any_horizontal(found)
        return ~(pl.any_horizontal(found) if self.any_of else pl.all_horizontal(found))


@dataclass(frozen=True)
class Length(OfColumn):
    """`min_length` and `max_length`: how many characters a text has."""

    name: str
    limit: int

    @property
    def broken(self) -> str:
        return f"{'shorter' if self.name == 'min_length' else 'longer'} than {self.limit} characters"

    def breaks(self, schema: Schema) -> pl.Expr:
        length = text(self.column, schema, self.name).str.len_chars()
        return length < self.limit if self.name == "min_length" else length > self.limit


@dataclass(frozen=True)
class DateFormat(OfColumn):
    """`date_format`: text that is a date or time written like this (strftime's letters)."""

    format: str
    name: str = "date_format"

    @property
    def broken(self) -> str:
        return f"no date written as {self.format}"

    def breaks(self, schema: Schema) -> pl.Expr:
        import polars as pl

        values = text(self.column, schema, self.name)
        timed = any(f"%{letter}" in self.format for letter in "HIMSfpTRXc")
        parsed = values.str.strptime(pl.Datetime if timed else pl.Date, self.format, strict=False)
        return values.is_not_null() & parsed.is_null()


@dataclass(frozen=True)
class Whole(OfColumn):
    """`type = "int"` where the column holds floats: every value is a whole number."""

    name: str = "type"
    broken: str = "not whole numbers"

    def breaks(self, schema: Schema) -> pl.Expr:
        return column(self.column) != column(self.column).round()


@dataclass(frozen=True)
class Readable(OfColumn):
    """`type` where the column holds text: every text can be read as a number."""

    kind: str
    name: str = "type"

    @property
    def broken(self) -> str:
        return f"no {self.kind}"

    def breaks(self, schema: Schema) -> pl.Expr:
        import polars as pl

        target = pl.Int64 if self.kind == "int" else pl.Float64
        read = column(self.column).str.strip_chars().cast(target, strict=False)
        return column(self.column).is_not_null() & read.is_null()


@dataclass(frozen=True)
class Condition:
    """`rows_hold`: an SQL condition over the columns of a row, as `opened <= closed`.

    Where it is null it does not break it; with `ignore`, it does in the rows that are not left out.
    """

    sql: str
    columns: tuple[str, ...]
    ignore: Ignore | None = None
    name: str = "rows_hold"
    speaks_of_missing: bool = False

    @property
    def broken(self) -> str:
        return f"against {self.sql}"

    def kept(self, known: Known) -> bool:
        return False

    def breaks(self, schema: Schema) -> pl.Expr:
        if self.ignore is None:
            return ~expression(self.sql)
        return ~expression(self.sql).fill_null(False) & self.counted(schema)

    def counted(self, schema: Schema) -> pl.Expr:
        if self.ignore is None:
            return expression(self.sql).is_not_null()
        return spoken_of(self.columns, self.ignore)


@dataclass(frozen=True)
class Sum:
    """`sums`: columns that add up to a number, or to another column, within `tolerance`."""

    columns: tuple[str, ...]
    equals: float | str
    tolerance: float = 1e-9
    ignore: Ignore = "any"
    name: str = "sums"
    speaks_of_missing: bool = False

    @property
    def broken(self) -> str:
        return f"not adding up to {self.equals}"

    def kept(self, known: Known) -> bool:
        return False

    def breaks(self, schema: Schema) -> pl.Expr:
        import polars as pl

        parts = [column(each) for each in self.columns if each != self.equals]
        total = pl.sum_horizontal(parts, ignore_nulls=False)
        goal = column(self.equals) if isinstance(self.equals, str) else pl.lit(self.equals)
        return ((total - goal).abs() > self.tolerance).fill_null(True) & self.counted(schema)

    def counted(self, schema: Schema) -> pl.Expr:
        return spoken_of(self.columns, self.ignore)


def every_row() -> pl.Expr:
    import polars as pl

    return pl.lit(True)


def text(name: str, schema: Schema, rule: str) -> pl.Expr:
    """The column as text; one without any value is what it should be. Raises `CheckError` where it is none."""
    import polars as pl

    if schema[name] == pl.Null:
        return column(name).cast(pl.String)
    if kind_of(schema[name]) is not Kind.TEXT:
        raise CheckError(f"column {name!r} holds {schema[name]}, and {rule} speaks of text.")
    return column(name)
