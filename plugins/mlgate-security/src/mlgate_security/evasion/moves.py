"""How far each number may be moved: a budget in units of its column's spread, within what the table has seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Table

NORMAL = 1.349
"""The interquartile range of a normal distribution, in its standard deviations."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Move:
    """One column: its values as they are, and the ends of what each may become, shapes (rows,); NaN where missing."""

    name: str
    step: float
    now: Numbers
    low: Numbers
    high: Numbers


def moves(
    table: Table, rows: pl.DataFrame, names: Sequence[str], budget: float
) -> tuple[tuple[Move, ...], tuple[str, ...]]:
    """The moves of `rows` that `budget` leaves, and the columns that it leaves none.

    What is usual is read from the whole `table`, one column at a time.
    """
    made = [(name, _move(table.collect([name])[name], rows[name], budget)) for name in names]
    return tuple(move for _, move in made if move), tuple(name for name, move in made if move is None)


def _move(whole: pl.Series, rows: pl.Series, budget: float) -> Move | None:
    usual = _finite(whole)
    step = budget * spread(usual)
    if not whole.dtype.is_float():
        step = float(math.floor(step))
    if not step > 0:
        return None
    now = rows.cast(float).to_numpy()
    least, most = usual.min(), usual.max()
    return Move(whole.name, step, now, np.clip(now - step, least, None), np.clip(now + step, None, most))


def spread(values: Numbers) -> float:
    """A standard deviation that a few far values don't move: from the quartiles, where they differ."""
    if not len(values):
        return 0.0
    low, high = np.quantile(values, (0.25, 0.75))
    return float(high - low) / NORMAL if high > low else float(np.std(values))


def _finite(series: pl.Series) -> Numbers:
    values: Numbers = series.drop_nulls().cast(float).to_numpy()
    return values[np.isfinite(values)]
