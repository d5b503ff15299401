"""Sensitive columns that stand in a file of their own, joined to the rows of a table by entity.

The file is read for the columns that are asked for, and no value of it is ever told: errors count and name columns.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from mlgate.errors import DataError
from mlgate.tabular.columns import Columns, Forgiven

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular.table import Table

_FILE = "[data.sensitive_file]"


class SideFile:
    """A table with one row per entity, opened when a column of it is first asked for."""

    def __init__(self, table: Table, columns: Columns, open: Callable[[], Table]) -> None:
        self._table = table
        self._columns = columns
        self._open = open

    @cached_property
    def side(self) -> Table:
        """The opened side file. Raises `DataError` where it, or the column that it is joined by, can't be had."""
        if self._columns.entity is None:
            raise DataError(
                "The sensitive columns stand in a side file, and no entity column is named to join it by.",
                hint="Name it with --entity, or `entity` under [data].",
            )
        opened = self._open()
        opened.require(self._columns.entity)
        return opened

    def opened(self) -> Table:
        """`side`, for another scoring of the same table: the file is opened once."""
        return self.side

    def holds(self, column: str) -> bool:
        """Whether the column is to be taken from here. Raises `DataError` where it stands in the table, too."""
        here = column in self.side.schema
        if here and column in self._table.schema:
            raise DataError(
                f"The sensitive column {column!r} stands in {self._table.uri} and in the side file {self.side.uri}.",
                hint="Take it out of one of them: which is right can't be told.",
            )
        return here

    def column(self, name: str) -> pl.Series:
        """The column's value for every row of the table, in its order; null where the side file does not tell it.

        Raises `DataError` for entities that it lacks or names twice, unless that is forgiven.
        """
        import polars as pl

        key = self._key
        rows = self._table.collect([key]).to_series()
        known = self.side.collect([key, name]).drop_nulls(key)
        self._refuse_other_type(rows, known[key])
        if rows.dtype != known[key].dtype:
            rows, known = rows.cast(pl.Int64), known.cast({key: pl.Int64})
        self._refuse_duplicates(known)
        single = known.unique().filter(pl.len().over(key) == 1)
        self._refuse_unmatched(rows, known[key])
        joined = rows.to_frame().join(single, on=key, how="left", maintain_order="left")
        return joined.get_column(name)

    @property
    def _key(self) -> str:
        assert self._columns.entity is not None  # `side` refused that
        return self._columns.entity

    def _refuse_other_type(self, rows: pl.Series, known: pl.Series) -> None:
        if rows.dtype == known.dtype or (rows.dtype.is_integer() and known.dtype.is_integer()):
            return
        raise DataError(
            f"{self._key!r} is {rows.dtype} in {self._table.uri} and {known.dtype} in the side file {self.side.uri}: "
            "they can't be joined.",
            hint="Write it with one type in both.",
        )

    def _refuse_duplicates(self, known: pl.DataFrame) -> None:
        import polars as pl

        repeated = known.filter(pl.len().over(self._key) > 1)[self._key].n_unique()
        if repeated and Forgiven.DUPLICATES not in self._columns.forgiven:
            raise DataError(
                f"The side file {self.side.uri} names {repeated:,} values of {self._key!r} more than once.",
                hint=f'Keep one row of each. allow = ["duplicates"] under {_FILE} takes what their rows agree on.',
            )

    def _refuse_unmatched(self, rows: pl.Series, known: pl.Series) -> None:
        lacking = rows.filter(~rows.is_in(known.unique().implode()))
        if len(lacking) and Forgiven.UNMATCHED not in self._columns.forgiven:
            share = f"{lacking.n_unique():,} of the {rows.n_unique():,}"
            raise DataError(
                f"The side file {self.side.uri} has no row for {share} values of {self._key!r} in {self._table.uri} "
                f"({len(lacking):,} rows).",
                hint=f'Add them. allow = ["unmatched"] under {_FILE} puts their rows into the group null.',
            )
