"""Sensitive columns in a file of their own: joined by entity, counted where they don't fit, never told."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlgate.errors import DataError
from mlgate.tabular import Columns, Forgiven, Predictions, ScoredTable, Table, score
from mlgate.tabular.side import SideFile

ROWS = pl.DataFrame({"customer": [1, 1, 2, 3, 4], "income": [10.0, 11.0, 12.0, 13.0, 14.0]})
GROUPS = pl.DataFrame({"customer": [4, 3, 2, 1], "sex": ["SECRET-m", "SECRET-f", "SECRET-m", "SECRET-f"]})


def side(
    groups: pl.DataFrame, *forgiven: Forgiven, rows: pl.DataFrame = ROWS, entity: str | None = "customer"
) -> SideFile:
    """The side file `groups` beside `rows`."""
    columns = Columns(entity=entity, sensitive=("sex",), forgiven=forgiven)
    return SideFile(Table.of(rows, uri="test.parquet"), columns, lambda: Table.of(groups, uri="groups.parquet"))


def refusal(beside: SideFile) -> str:
    """What is wrong with it; no value of it is ever in the words."""
    with pytest.raises(DataError) as caught:
        beside.column("sex") if beside.holds("sex") else None
    assert "SECRET" not in str(caught.value)
    return str(caught.value)


def test_every_row_has_its_entity_s_value_in_the_order_of_the_table() -> None:
    """polars' own join is the witness."""
    expected = ROWS.join(GROUPS, on="customer", how="left", maintain_order="left")["sex"].to_list()
    assert side(GROUPS).column("sex").to_list() == expected


def test_whole_numbers_of_another_width_are_the_same_entities() -> None:
    """A CSV has int64 where a database had int32."""
    found = side(GROUPS.cast({"customer": pl.Int32})).column("sex").to_list()
    assert found == side(GROUPS).column("sex").to_list()


def test_entities_that_it_lacks_are_counted() -> None:
    """Entities and rows, with the way out."""
    assert refusal(side(GROUPS.filter(pl.col("customer") != 1))) == (
        "The side file groups.parquet has no row for 1 of the 4 values of 'customer' in test.parquet (2 rows). "
        'Add them. allow = ["unmatched"] under [data.sensitive_file] puts their rows into the group null.'
    )


def test_forgiven_entities_are_null() -> None:
    """So they are a group of their own."""
    lacking = GROUPS.filter(pl.col("customer") != 1)
    assert side(lacking, Forgiven.UNMATCHED).column("sex").to_list()[:3] == [None, None, "SECRET-m"]


@pytest.mark.parametrize("second", ["SECRET-f", "SECRET-m"], ids=["the same", "another"])
def test_entities_that_it_names_twice_are_counted(second: str) -> None:
    """Even where both rows say the same: a join by the wrong column looks like that."""
    twice = pl.concat([GROUPS, pl.DataFrame({"customer": [1], "sex": [second]})])
    assert refusal(side(twice)) == (
        "The side file groups.parquet names 1 values of 'customer' more than once. "
        'Keep one row of each. allow = ["duplicates"] under [data.sensitive_file] takes what their rows agree on.'
    )


def test_of_forgiven_duplicates_what_they_agree_on_is_taken() -> None:
    """Customer 1 is named twice with one value, customer 2 with two."""
    twice = pl.concat([GROUPS, pl.DataFrame({"customer": [1, 2], "sex": ["SECRET-f", "SECRET-f"]})])
    found = side(twice, Forgiven.DUPLICATES).column("sex").to_list()
    assert found == ["SECRET-f", "SECRET-f", None, "SECRET-f", "SECRET-m"]


def test_keys_of_another_type_are_refused() -> None:
    """Text against numbers would match nothing."""
    assert refusal(side(GROUPS.cast({"customer": pl.String}))) == (
        "'customer' is Int64 in test.parquet and String in the side file groups.parquet: they can't be joined. "
        "Write it with one type in both."
    )


def test_a_column_in_both_is_refused() -> None:
    """Which is right can't be told."""
    rows = ROWS.with_columns(sex=pl.lit("SECRET-x"))
    assert refusal(side(GROUPS, rows=rows)) == (
        "The sensitive column 'sex' stands in test.parquet and in the side file groups.parquet. "
        "Take it out of one of them: which is right can't be told."
    )


def test_a_side_file_needs_an_entity() -> None:
    """Rows are joined by nothing else."""
    assert refusal(side(GROUPS, entity=None)) == (
        "The sensitive columns stand in a side file, and no entity column is named to join it by. "
        "Name it with --entity, or `entity` under [data]."
    )


def test_a_side_file_without_the_entity_column_names_what_is_near() -> None:
    """A misspelt key."""
    assert refusal(side(GROUPS.rename({"customer": "customers"}))) == (
        "groups.parquet has no column 'customer'. Did you mean 'customers'?"
    )


def scored(opened: list[str], *slices: tuple[str, ...]) -> ScoredTable:
    """Rows with a label and a region beside a side file of `sex`, which tells `opened` each time it is opened."""

    def open_side() -> Table:
        opened.append("groups.parquet")
        return Table.of(GROUPS)

    table = Table.of(ROWS.with_columns(label=pl.Series([0, 1, 0, 1, 1]), region=pl.Series(list("nnsss"))))
    roles = Columns(label="label", positive=1, entity="customer", sensitive=("sex", "region"), slices=slices)
    return score(table, roles, None, Predictions.labels(np.array([0, 1, 1, 1, 0])), side=open_side)


def test_a_second_rival_sees_the_same_groups() -> None:
    """The side file goes with the table, and is opened once."""
    opened: list[str] = []
    alone = scored(opened)
    groups = alone.groups.by("sex")
    again = alone.versus(Predictions.labels(np.zeros(5, dtype=int))).groups.by("sex")
    assert again.codes.tolist() == groups.codes.tolist() == [0, 0, 1, 0, 1]
    assert opened == ["groups.parquet"]


def test_a_sensitive_column_that_is_a_slice_is_coded_once() -> None:
    """Slices and groups share one array of codes."""
    table = scored([], ("region",))
    keys = [each.slice for each in table.by_slice("accuracy", ("region",))]
    assert keys == list(table.groups.by("region").keys) == [{"region": "n"}, {"region": "s"}]
    assert table.groups.by("region").codes is table._slices.groups("region").codes
