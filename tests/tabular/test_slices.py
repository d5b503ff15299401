"""Slices come from one tally: they are what a table of the slice's rows would give, and what scikit-learn says."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from mlgate.errors import DataError
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score

SPECS = (("g",), ("h",), ("g", "h"))
MANY = 150_000
"""Above this many rows scores go through a grid."""


def rows_of(count: int, *, digits: int = 6) -> tuple[pl.DataFrame, np.ndarray]:
    """Labels, groups (null is one of them), a weight, entities of three rows, and scores."""
    rng = np.random.default_rng(11)
    label = (rng.random(count) < 0.4).astype(int)
    said = np.round(1 / (1 + np.exp(-(rng.normal(size=count) + 1.5 * label - 0.7))), digits)
    data = pl.DataFrame(
        {
            "y": label,
            "g": [("b", "a", None)[code] for code in rng.integers(0, 3, count).tolist()],
            "h": rng.integers(0, 3, count),
            "w": rng.uniform(0.2, 3.0, count),
            "e": np.arange(count) // 3,
        }
    )
    return data, said


def scored(data: pl.DataFrame, said: np.ndarray, weight: str | None, entity: str | None) -> ScoredTable:
    columns = Columns(label="y", weight=weight, entity=entity, slices=SPECS)
    return score(Table.of(data), columns, None, Predictions.scores(said, (1,)))


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("entity", [None, "e"])
@pytest.mark.parametrize("name", ["accuracy", "f1", "roc_auc", "log_loss", "brier"])
def test_a_slice_is_measured_as_a_table_of_its_rows(name: str, weight: str | None, entity: str | None) -> None:
    """Value, rows and interval, for columns and for their cross, weighted or not, by row or by entity."""
    data, said = rows_of(6000, digits=2)
    whole = scored(data, said, weight, entity)
    for spec in SPECS:
        slices = whole.by_slice(name, spec)
        assert len(slices) == {("g",): 3, ("h",): 3, ("g", "h"): 9}[spec]
        for each in slices:
            wanted = [pl.col(c).cast(pl.String).fill_null("null") == value for c, value in each.slice.items()]
            keep = data.select(pl.all_horizontal(wanted)).to_series().to_numpy()
            alone = scored(data.filter(keep), said[keep], weight, entity).metric(name)
            assert each.estimate.n == alone.n
            assert each.estimate.value == pytest.approx(alone.value, abs=1e-12)
            assert each.estimate.spread is not None
            assert alone.spread is not None
            assert each.estimate.spread.se == pytest.approx(alone.spread.se, rel=1e-9)
            own, theirs = each.estimate.interval(0.95), alone.interval(0.95)
            assert (own.low, own.high) == pytest.approx((theirs.low, theirs.high), rel=1e-9)


def test_tails_of_a_slice_widen_its_interval_as_they_widen_a_table_s() -> None:
    """Errors are Student's with 3 degrees of freedom; the slice's interval has those of a table of its rows."""
    data, _ = rows_of(3000)
    told = np.random.default_rng(3).standard_t(3, 3000)
    data = data.with_columns(y=pl.lit(0.0))
    columns = Columns(label="y", slices=(("h",),))
    for each in score(Table.of(data), columns, None, Predictions.numbers(told)).by_slice("mae", ("h",)):
        keep = (data["h"].cast(pl.String) == each.slice["h"]).to_numpy()
        alone = score(Table.of(data.filter(keep)), columns, None, Predictions.numbers(told[keep])).metric("mae")
        assert each.estimate.spread is not None
        assert alone.spread is not None
        assert alone.spread.df is not None
        assert alone.spread.df < keep.sum() / 4
        assert each.estimate.spread.df == pytest.approx(alone.spread.df, rel=1e-9)


def test_few_distinct_scores_of_many_rows_are_exact() -> None:
    """A thousand scores, and one that no sample holds, each have a bin: overall and per slice."""
    data, said = rows_of(MANY, digits=3)
    said[17] = 0.12345
    table = scored(data, said, None, None)
    assert table.metric("roc_auc").value == pytest.approx(roc_auc_score(data["y"], said), abs=1e-9)
    for each in table.by_slice("roc_auc", ("h",)):
        keep = (data["h"].cast(pl.String) == each.slice["h"]).to_numpy()
        assert each.estimate.value == pytest.approx(roc_auc_score(data["y"].to_numpy()[keep], said[keep]), abs=1e-9)


def test_a_slice_whose_scores_lie_close_together_has_bins_of_its_own() -> None:
    """All scores of the slice are in a thousandth of the range; its AUC is still right to 1e-4."""
    data, said = rows_of(MANY)
    near = (data["h"] == 2).to_numpy()
    said[near] = 0.5 + said[near] / 1000
    (found,) = (each for each in scored(data, said, None, None).by_slice("roc_auc", ("h",)) if each.slice["h"] == "2")
    assert found.estimate.value == pytest.approx(roc_auc_score(data["y"].to_numpy()[near], said[near]), abs=1e-4)


def test_a_column_of_too_many_values_spoils_no_other_slice() -> None:
    """It is refused by name when it is asked for; the other declared slices and the whole table are measured."""
    data, said = rows_of(6000)
    columns = Columns(label="y", slices=(("e",), ("g",)))
    table = score(Table.of(data.with_columns(e=pl.int_range(6000))), columns, None, Predictions.scores(said, (1,)))
    truth = accuracy_score(data["y"], said >= 0.5)
    assert table.metric("accuracy").value == pytest.approx(truth, abs=1e-12)
    assert len(table.by_slice("accuracy", ("g",))) == 3
    with pytest.raises(DataError, match=r"The column 'e' has more than 5000 values, too many for slices\."):
        table.by_slice("accuracy", ("e",))
