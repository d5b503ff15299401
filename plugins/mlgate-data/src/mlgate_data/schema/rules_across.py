"""Rules about several columns of one row: combinations that are allowed, values that must differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from mlgate_data.engine.facts import Schema
from mlgate_data.engine.footers import Known
from mlgate_data.engine.kinds import column
from mlgate_data.schema.values import Scalar, fitting

if TYPE_CHECKING:
    import polars as pl

Ignore = Literal["any", "all", "never"]
IGNORED: tuple[Ignore, ...] = ("any", "all", "never")
"""Which rows a rule of several columns leaves out: where any of them, all of them, or none of them is missing."""


@dataclass(frozen=True)
class _OfSeveral:
    """A rule about several columns of a row; rows without any value are left out."""

    columns: tuple[str, ...]

    @property
    def speaks_of_missing(self) -> bool:
        return True

    def kept(self, known: Known) -> bool:
        return False


@dataclass(frozen=True)
class Together(_OfSeveral):
    """`allowed_together`: the values of a row are one of these combinations."""

    values: tuple[tuple[Scalar, ...], ...]
    ignore: Ignore = "all"
    name: str = "allowed_together"

    @property
    def broken(self) -> str:
        said = ", ".join(repr(list(each)) for each in self.values[:3]) + (", ..." if len(self.values) > 3 else "")
        return f"none of {said}"

    def breaks(self, schema: Schema) -> pl.Expr:
        import polars as pl

        same = [
            pl.all_horizontal(
                column(name).eq_missing(fitting(value, schema[name], name))
                for name, value in zip(self.columns, each, strict=True)
            )
            for each in self.values
        ]
        return ~pl.any_horizontal(same) & self.counted(schema)

    def counted(self, schema: Schema) -> pl.Expr:
        return spoken_of(self.columns, self.ignore)


@dataclass(frozen=True)
class Different(_OfSeveral):
    """`different`: no two of these columns have the same value in one row; two missing ones are the same."""

    ignore: Ignore = "all"
    name: str = "different"

    @property
    def broken(self) -> str:
        return f"with one value twice among {', '.join(self.columns)}"

    def breaks(self, schema: Schema) -> pl.Expr:
        import polars as pl

        same = [column(one).eq_missing(column(other)) for one, other in combinations(self.columns, 2)]
        return pl.any_horizontal(same) & self.counted(schema)

    def counted(self, schema: Schema) -> pl.Expr:
        return spoken_of(self.columns, self.ignore)


def spoken_of(columns: Iterable[str], ignore: Ignore) -> pl.Expr:
    """True for the rows that a rule of several columns does not leave out."""
    import polars as pl

    present = [column(name).is_not_null() for name in columns]
    if ignore == "never":
        return pl.lit(True)
    return pl.all_horizontal(present) if ignore == "any" else pl.any_horizontal(present)
