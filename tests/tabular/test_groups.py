"""Groups of sensitive columns: every sum is that of a plain group-by, however columns are crossed and merged."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate.tabular.tabulate import Axis

ROWS = 3_000


def frame() -> pl.DataFrame:
    """Two texts, one of them with gaps, a number, weights and entities."""
    rng = np.random.default_rng(0)
    region = pl.Series(rng.choice(["north", "south", "west"], ROWS).tolist()).scatter([5, 9, 400], None)
    return pl.DataFrame({"sex": rng.choice(["f", "m"], ROWS), "age": rng.integers(18, 90, ROWS)}).with_columns(
        region=region,
        y=pl.Series(rng.integers(0, 2, ROWS)),
        said=pl.Series(rng.random(ROWS)),
        weight=pl.Series(rng.integers(1, 9, ROWS) / 4),
        entity=pl.Series(rng.integers(0, 500, ROWS)),
    )


def scored(**roles: Any) -> ScoredTable:
    columns = Columns(label="y", positive=1, sensitive=("sex", "region"), **roles)
    data = frame()
    return score(Table.of(data), columns, None, Predictions.scores(data["said"].to_numpy(), (1,)))


def known(by: list[str], what: pl.Expr) -> dict[tuple[str, ...], float]:
    """polars' own sums, with null as it is called here."""
    named = frame().with_columns(pl.col("region").fill_null("null"))
    grouped = named.group_by(by).agg(what.alias("sum"))
    return {tuple(row[:-1]): float(row[-1]) for row in grouped.rows()}


@pytest.mark.parametrize("by", [["sex"], ["region"], ["sex", "region"], ["region", "sex"]])
@pytest.mark.parametrize("weighted", [False, True])
def test_sums_are_those_of_a_group_by(by: list[str], weighted: bool) -> None:
    """Counts, weights, their squares, and the sums of a number, crossed and merged."""
    table = scored(weight="weight") if weighted else scored()
    columns = ("sex", "region")
    sums = table.groups.part(table.groups.numbers(columns, frame()["said"].to_numpy()), columns, by)
    weight = pl.col("weight") if weighted else pl.lit(1.0)
    expected = {
        "rows": pl.len(),
        "weight": weight.sum() if weighted else pl.len(),
        "first": (weight * pl.col("said")).sum(),
        "cross": (weight**2 * pl.col("said")).sum(),
        "second": (weight**2 * pl.col("said") ** 2).sum(),
    }
    for name, what in expected.items():
        found = dict(
            zip((tuple(keys[column] for column in by) for keys in sums.keys), getattr(sums, name), strict=True)
        )
        assert found == pytest.approx(known(by, what)), name


def test_cells_are_counted_by_group_and_code() -> None:
    """A further axis, here the label."""
    table = scored()
    cells = table.groups.cells(("sex",), Axis(table.labels(), 2))
    data = frame()
    for place, keys in enumerate(cells.keys):
        for y in (0, 1):
            assert cells.rows[place, y] == ((data["sex"] == keys["sex"]) & (data["y"] == y)).sum()


def test_shards_add_up_to_the_whole() -> None:
    """Rows of entities are kept apart by shard, and nothing is lost."""
    table = scored(entity="entity", weight="weight")
    cells = table.groups.cells(("sex", "region"), Axis(table.labels(), 2))
    assert cells.shards is not None
    assert cells.shards.sum(axis=0) == pytest.approx(cells.weight)
    numbers = table.groups.numbers(("sex", "region"), frame()["said"].to_numpy())
    assert numbers.shards is not None
    assert numbers.shards[..., 1].sum(axis=0) == pytest.approx(numbers.first)
    everywhere = np.ones((len(cells.keys), 2))
    sums = table.groups.shard_sums(("sex", "region"), ("sex", "region"), everywhere, Axis(table.labels(), 2))
    assert sums == pytest.approx(cells.shards.sum(axis=2))


def test_bands_of_equal_size_have_equal_rows() -> None:
    """Quartiles as numpy's, of whole numbers with ties."""
    data = frame()
    columns = Columns(label="y", positive=1, sensitive=("age",), sensitive_bins={"age": 4})
    table = score(Table.of(data), columns, None, Predictions.scores(data["said"].to_numpy(), (1,)))
    rows = table.groups.cells(("age",)).rows
    edges = np.quantile(data["age"].to_numpy(), [0.25, 0.5, 0.75], method="inverted_cdf")
    assert rows.tolist() == np.histogram(data["age"].to_numpy(), [0, *(edges + 0.5), 99])[0].tolist()
