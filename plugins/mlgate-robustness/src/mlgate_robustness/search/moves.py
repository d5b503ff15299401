"""Changes of a row: one or two cells set to other values that their columns were seen to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_robustness.search.seen import Seen, ticks

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Move:
    """What happens to one column of every row: `steps` along its values from each row's own one.

    A column without an order is set to the value at the place `steps`, whatever the row had.
    """

    column: str
    steps: int


Recipe = tuple[Move, ...]


def changed(rows: pl.DataFrame, recipe: Sequence[Move], seen: Mapping[str, Seen]) -> pl.DataFrame:
    """The rows with each move made; a null of an ordered column stays null."""
    return rows.with_columns(*(_column(rows.get_column(move.column), move, seen[move.column]) for move in recipe))


def differs(before: pl.DataFrame, after: pl.DataFrame, columns: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows have another value in one of `columns`."""
    apart = np.zeros(before.height, dtype=np.bool_)
    for name in columns:
        apart |= before.get_column(name).ne_missing(after.get_column(name)).to_numpy()
    return apart


def _column(column: pl.Series, move: Move, seen: Seen) -> pl.Series:
    if not seen.ordered:
        place = np.full(len(column), move.steps % len(seen.values))
        return seen.values.gather(place).alias(column.name)
    places = np.clip(places_of(column, seen) + move.steps, 0, len(seen.values) - 1)
    return seen.values.gather(places).zip_with(column.is_not_null(), column).alias(column.name)


def places_of(column: pl.Series, seen: Seen) -> NDArray[np.int64]:
    """The place of each value among the values seen; of one between two of them, that of the higher."""
    own = np.nan_to_num(ticks(column), nan=0.0)
    return np.searchsorted(seen.numbers, own).clip(0, len(seen.values) - 1)
