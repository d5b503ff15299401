"""Columns as numbers for one split: what a column holds is kept as far as an order can say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table

MOST_VALUES = 100
"""Texts of more different values are left out: a split on them would learn names by heart."""


@dataclass(frozen=True, slots=True)
class Coding:
    """A column and the number that stands for each of its texts; numbers stand for themselves. Missing is NaN."""

    name: str
    texts: Mapping[str, float] | None = None
    unknown: float = 0.0

    def numbers(self, values: pl.Series) -> NDArray[np.float64]:
        """One number per row."""
        if self.texts is None:
            found = values.to_physical().cast(pl.Float64).to_numpy()
            return np.where(np.isfinite(found), found, np.nan)
        said = values.cast(pl.String).fill_null("")
        return said.replace_strict(self.texts, default=self.unknown, return_dtype=pl.Float64).to_numpy()


def usable(tables: tuple[Table, ...], columns: Columns, only: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that may be split on: numbers, times and texts that every table holds as the same kind.

    Raises `DataError` for a column of `only` that a table lacks.
    """
    for table in tables:
        table.require(*only)
    roles = {columns.label, columns.entity, columns.time, columns.weight}
    return tuple(name for name in only or tables[0].columns if name not in roles and _alike(name, tables))


def code(values: pl.Series, goal: NDArray[np.float64]) -> Coding | None:
    """How a column is told in numbers; None for texts of too many values.

    A text is told by the mean of `goal` over its rows: in this order the best split into two groups is one threshold
    (Breiman et al. 1984, Classification and Regression Trees, theorem 4.5).
    """
    if _kind(values.dtype) == "number":
        return Coding(values.name)
    said = values.cast(pl.String).fill_null("")
    if said.n_unique() > MOST_VALUES:
        return None
    means = pl.DataFrame({"said": said, "goal": goal}).group_by("said").agg(pl.col("goal").mean())
    return Coding(values.name, dict(means.iter_rows()), float(goal.mean()))


def _alike(name: str, tables: tuple[Table, ...]) -> bool:
    if any(name not in table.schema for table in tables):
        return False
    kinds = {_kind(table.schema[name]) for table in tables}
    return len(kinds) == 1 and None not in kinds


def _kind(dtype: pl.DataType) -> str | None:
    if dtype.is_numeric() or dtype.is_temporal() or dtype == pl.Boolean:
        return "number"
    return "text" if dtype in (pl.String, pl.Categorical, pl.Enum) else None
