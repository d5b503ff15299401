"""Values in other clothes: whole numbers for floats, text for categories, nulls, numbers at the edge of float32."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Finding, ModelError
from mlgate_robustness.contract.clause import Bench, breach, compared, may_refuse, must_answer
from mlgate_robustness.search.telling import told

if TYPE_CHECKING:
    import polars as pl

    from mlgate_robustness.search.answers import Answers

EDGES = (3.4e38, 1e39, -1e39)
"""Just within float32, and beyond it on both sides."""
_WHOLE = 2.0**31


def whole_numbers(bench: Bench) -> Iterator[Finding]:
    """A whole number is the same number as an integer and as a float."""
    import polars as pl

    for name, dtype in bench.rows.schema.items():
        column = bench.rows.get_column(name)
        if dtype.is_integer():
            other = column.cast(pl.Float64)
            yield from _same("whole numbers", f"{name!r} as a float", bench, bench.rows, other)
        elif dtype.is_float() and _fits(column):
            rounded = column.round()
            rows = bench.rows.with_columns(rounded)
            yield from _same("whole numbers", f"{name!r} as an integer", bench, rows, rounded.cast(pl.Int64))


def categories(bench: Bench) -> Iterator[Finding]:
    """A text is the same as a category of that name."""
    import polars as pl

    for name, dtype in bench.rows.schema.items():
        if dtype == pl.String:
            other = bench.rows.get_column(name).cast(pl.Categorical)
            yield from _same("categories", f"{name!r} as a category", bench, bench.rows, other)


def nulls(bench: Bench) -> Iterator[Finding]:
    """Where train had nulls, the model takes them."""
    import polars as pl

    for name, held in bench.seen.items():
        if held.nulls and name in bench.rows.columns:
            rows = bench.rows.with_columns(pl.lit(None, dtype=bench.rows.schema[name]).alias(name))
            yield from must_answer("nulls", f"train has nulls in {name!r}, and they are refused", bench, rows)


def edges(bench: Bench) -> Iterator[Finding]:
    """A float at the edge of float32 or beyond gets a finite answer, or is refused."""
    few = bench.rows[:20]
    for name in (name for name, dtype in few.schema.items() if dtype.is_float()):
        if told(bench.ask, _edged(few, name, EDGES)).answers is not None:
            continue
        for edge in EDGES:
            found = list(may_refuse(bench, "large numbers", f"{name} = {edge:g}", _edged(few, name, (edge,)), None))
            if found:
                yield from found
                break


def _edged(rows: pl.DataFrame, name: str, values: tuple[float, ...]) -> pl.DataFrame:
    """The rows once for each value of the column."""
    import polars as pl

    return pl.concat([rows.with_columns(pl.lit(value, dtype=pl.Float64).alias(name)) for value in values])


def _same(clause: str, what: str, bench: Bench, rows: pl.DataFrame, other: pl.Series) -> Iterator[Finding]:
    """Where the model takes both forms of a column, it says the same of both."""
    expected: Answers
    try:
        expected = bench.ask(rows)
        said = bench.ask(rows.with_columns(other))
    except ModelError as error:
        if "NaN or infinity" in error.message:
            yield breach(clause, f"{what}: {error.message}")
        return
    yield from compared(clause, what, said, expected)


def _fits(column: pl.Series) -> bool:
    """Whether every value has a whole number near it."""
    values = column.drop_nulls().to_numpy()
    return bool(len(values) == len(column) and np.isfinite(values).all() and (np.abs(values) < _WHOLE).all())
