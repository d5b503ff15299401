"""Columns as numbers for one split: what a column holds is kept as far as an order can say it."""

from __future__ import annotations

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
class Features:
    """Rows by columns, float64, missing as NaN. Columns in `named` hold codes of texts, whose order means nothing."""

    names: tuple[str, ...]
    named: frozenset[int]
    rows: NDArray[np.float64]


def read(tables: tuple[Table, ...], columns: Columns, only: tuple[str, ...]) -> tuple[Features, ...]:
    """The features of several tables, with the same columns and the same codes.

    Columns that one of the tables lacks, or that hold numbers in one and texts in another, are left out.
    Raises `DataError` for a column of `only` that a table lacks.
    """
    for table in tables:
        table.require(*only)
    roles = {columns.label, columns.entity, columns.time, columns.weight}
    wanted = [name for name in only or tables[0].columns if name not in roles and _alike(name, tables)]
    frames = [table.collect(wanted) for table in tables] if wanted else []
    coded = [(name, *_numbers([frame[name] for frame in frames])) for name in wanted]
    kept = [(name, values, named) for name, values, named in coded if values is not None]
    names = tuple(name for name, _, _ in kept)
    named = frozenset(place for place, (_, _, texts) in enumerate(kept) if texts)
    matrix = np.column_stack([values for _, values, _ in kept]) if kept else np.empty((_total(tables), 0))
    ends = np.cumsum([table.rows for table in tables])[:-1]
    return tuple(Features(names, named, part) for part in np.split(matrix, ends))


def _total(tables: tuple[Table, ...]) -> int:
    return sum(table.rows for table in tables)


def _alike(name: str, tables: tuple[Table, ...]) -> bool:
    if any(name not in table.schema for table in tables):
        return False
    kinds = {_kind(table.schema[name]) for table in tables}
    return len(kinds) == 1 and None not in kinds


def _kind(dtype: pl.DataType) -> str | None:
    if dtype.is_numeric() or dtype.is_temporal() or dtype == pl.Boolean:
        return "number"
    return "text" if dtype in (pl.String, pl.Categorical, pl.Enum) else None


def _numbers(parts: list[pl.Series]) -> tuple[NDArray[np.float64] | None, bool]:
    if _kind(parts[0].dtype) == "number":
        numbers = np.concatenate([part.to_physical().cast(pl.Float64).to_numpy() for part in parts])
        return np.where(np.isfinite(numbers), numbers, np.nan), False
    texts = pl.concat([part.cast(pl.String) for part in parts]).fill_null("")
    if texts.n_unique() > MOST_VALUES:
        return None, True
    return texts.rank("dense").to_numpy().astype(np.float64) - 1, True
