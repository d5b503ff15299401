"""Conditions on rows as users write them: SQL, as in a WHERE clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import CheckError

if TYPE_CHECKING:
    import polars as pl


def expression(sql: str) -> pl.Expr:
    """An SQL condition as an expression. Raises `CheckError` where it is none."""
    import polars as pl

    try:
        return pl.sql_expr(sql)
    except pl.exceptions.PolarsError as error:
        said = str(error).strip().partition("\n")[0]
        raise CheckError(
            f"{sql!r} is not a condition: {said}.", hint="Write it as in SQL's WHERE, as country = 'DE' AND age >= 18."
        ) from None


def names_in(sql: str | None) -> tuple[str, ...]:
    """The columns that a condition names, each once; none without a condition."""
    return () if sql is None else tuple(dict.fromkeys(expression(sql).meta.root_names()))
