"""Columns go by their names."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate import Finding, ModelError
from mlgate_robustness.contract.clause import Bench, breach, compared, may_refuse

EXTRA = "mlgate_extra_column"
_MOST_LEFT_OUT = 50


def column_order(bench: Bench) -> Iterator[Finding]:
    """Another order of the columns gives the same, or is refused."""
    turned = bench.rows.select(reversed(bench.rows.columns))
    yield from may_refuse(bench, "column order", "another order of the columns", turned, bench.answers)


def extra_columns(bench: Bench) -> Iterator[Finding]:
    """A column that the model does not know is ignored or refused, wherever it stands, and never used."""
    import polars as pl

    extra = pl.int_range(bench.rows.height, eager=True).alias(EXTRA).cast(pl.Float64)
    for frame in (bench.rows.with_columns(extra), bench.rows.select(extra, *bench.rows.columns)):
        found = list(may_refuse(bench, "extra columns", "a column that it does not know", frame, bench.answers))
        if found:
            yield from found
            return


def missing_columns(bench: Bench) -> Iterator[Finding]:
    """A missing column that matters is refused, not guessed."""
    for name in bench.rows.columns[:_MOST_LEFT_OUT]:
        if bench.rows.width < 2:
            return
        try:
            said = bench.ask(bench.rows.drop(name))
        except ModelError:
            continue
        found = list(
            compared(
                "missing columns", f"without the column {name!r}, the model does not refuse but", said, bench.answers
            )
        )
        if found:
            yield breach(
                "missing columns", f"without the column {name!r} the model guesses instead of refusing.", column=name
            )
            return
