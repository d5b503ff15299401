"""Whether a sensitive attribute can be guessed: known answers, scikit-learn's AUC, and what is left out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlgate import NotApplicable
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate_fairness.proxy import proxy


def people(sex_from: str, *, rows: int = 1_200, roles: Columns | None = None, **more: pl.Series) -> ScoredTable:
    """Rows whose `job` tells nothing, something or all of `sex`."""
    random = np.random.default_rng(3)
    sex = random.integers(0, 2, rows)
    noise = random.integers(0, 2, rows)
    job = {"nothing": noise, "all": sex, "half": np.where(random.random(rows) < 0.5, sex, noise)}[sex_from]
    label = random.integers(0, 2, rows)
    frame = pl.DataFrame(
        {
            "job": np.where(job == 1, "driver", "nurse"),
            "age": random.integers(20, 60, rows),
            "sex": np.where(sex == 1, "m", "f"),
            "late": label,
            **more,
        }
    )
    chance = random.random(rows)
    answers = Predictions.scores(np.column_stack((1 - chance, chance)), (0, 1))
    return score(Table.of(frame), roles or Columns(label="late", sensitive=("sex",)), None, answers)


def test_an_attribute_that_a_column_gives_away_is_found_and_the_column_named() -> None:
    """Every guess is right: the AUC is 1."""
    measured = proxy(people("all"))
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(1.0)
    assert measured.data["given_away_by"] == {"sex": ["job"]}


def test_an_attribute_that_nothing_tells_has_an_auc_near_a_half() -> None:
    """The interval holds 0.5."""
    estimate = proxy(people("nothing")).estimate
    assert estimate is not None
    interval = estimate.interval(0.999)
    assert interval.low < 0.5 < interval.high


def test_a_column_that_tells_half_of_the_rows_reaches_what_can_be_reached() -> None:
    """With a right guess in three rows of four, the best AUC is 0.75."""
    estimate = proxy(people("half", rows=4_000)).estimate
    assert estimate is not None
    interval = estimate.interval(0.999)
    assert interval.low < 0.75 < interval.high


@pytest.mark.parametrize("role", ["label", "weight", "time", "entity"])
def test_columns_with_a_role_are_not_guessed_from(role: str) -> None:
    """Here the role's own column gives the attribute away, and is the only one that does."""
    scored = people("nothing")
    told = scored.table.collect()["sex"].eq("m").cast(pl.Int64)
    column = told + 1 if role == "weight" else told
    roles = {"label": "late", role: "told"}
    if role == "entity":
        column = pl.Series([f"{sex}{row // 2}" for row, sex in enumerate(told)])
    frame = scored.table.collect().with_columns(column.alias("told"))
    table = score(Table.of(frame), Columns(sensitive=("sex",), **roles), None, scored.candidate)  # type: ignore[arg-type]
    estimate = proxy(table).estimate
    assert estimate is not None
    assert estimate.value < 0.6


def test_groups_of_many_values_are_guessed_one_by_one() -> None:
    """Each large one against all others; the small one is left out."""
    rows = 1_200
    region = pl.Series(["north"] * 500 + ["south"] * 400 + ["west"] * 280 + ["east"] * 20)
    scored = people("nothing", rows=rows, roles=Columns(label="late", sensitive=("region",)), region=region)
    assert [dict(each.slice) for each in proxy(scored).slices] == [
        {"region": name} for name in ("north", "south", "west")
    ]


def test_without_sensitive_columns_it_does_not_apply() -> None:
    """With the way to name them."""
    with pytest.raises(NotApplicable, match="No sensitive columns are declared"):
        proxy(people("all", roles=Columns(label="late")))
