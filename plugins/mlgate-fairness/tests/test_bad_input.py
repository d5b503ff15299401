"""Columns that can't be groups, groups without a rate: each is told in a sentence, and none passes in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlgate import Check, CheckError, DataError, MlgateError, NotApplicable
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate.testing import measure

ROWS = 400
DP = "demographic_parity_difference"


def table(sensitive: Mapping[str, Any], scores: Any = None, **columns: Any) -> ScoredTable:
    """Rows of two classes, half and half, with the named columns; four of ten of the scores are positive."""
    label = np.arange(ROWS) % 2
    given = np.where(np.arange(ROWS) % 10 < 4, 0.9, 0.1) if scores is None else scores
    frame = pl.DataFrame({"y": label, **sensitive})
    roles = Columns(label="y", positive=1, sensitive=tuple(sensitive), **columns)
    return score(Table.of(frame, uri="test.parquet"), roles, None, Predictions.scores(given, (1,)))


def refusal(check: Check, scored: ScoredTable, kind: type[MlgateError], **options: Any) -> str:
    with pytest.raises(kind) as refused:
        measure(check, scored_test=scored, **options, **({"predict": None} if "predict" in check.resources else {}))
    return str(refused.value)


def test_no_sensitive_column_is_nothing_to_measure(checks: Mapping[str, Check]) -> None:
    """Every check is skipped, and says what to name."""
    for check in checks.values():
        assert refusal(check, table({}), NotApplicable) == (
            "No sensitive columns are declared. Name them with `sensitive` under [data] to compare groups."
        )


def test_a_missing_column_is_named_with_the_nearest(checks: Mapping[str, Check]) -> None:
    """The gate file names a column that the table lacks."""
    frame = pl.DataFrame({"y": [0, 1], "sex": ["f", "m"]})
    roles = Columns(label="y", positive=1, sensitive=("sexx",))
    scored = score(Table.of(frame, uri="test.parquet"), roles, None, Predictions.scores(np.array([0.1, 0.9]), (1,)))
    assert refusal(checks[DP], scored, DataError) == "test.parquet has no column 'sexx'. Did you mean 'sex'?"


def test_one_group_is_nothing_to_compare(checks: Mapping[str, Check]) -> None:
    """A constant column is refused, aloud."""
    assert refusal(checks[DP], table({"sex": ["f"] * ROWS}), DataError) == (
        "The sensitive column 'sex' of test.parquet is the same in every row: there is one group, and none to compare "
        "it with. Judge on rows of more than one group, or take the column out of `sensitive`."
    )


def test_a_quantity_asks_for_bands(checks: Mapping[str, Check]) -> None:
    """Continuous numbers are no groups; the refusal says how to make bands, and tells no value."""
    income = np.random.default_rng(0).normal(50_000, 9_000, ROWS)
    assert refusal(checks[DP], table({"income": income}), DataError) == (
        "The sensitive column 'income' of test.parquet has 400 values, too many for groups. Put them into bands under "
        "[data]: sensitive_bins = { income = 4 } makes four of equal size (up to 50), and a list of numbers names the "
        "edges."
    )


def test_many_texts_are_no_groups(checks: Mapping[str, Check]) -> None:
    """A name or a postcode per person."""
    assert refusal(checks[DP], table({"name": [f"secret {n}" for n in range(ROWS)]}), DataError) == (
        "The sensitive column 'name' of test.parquet has 400 values, too many for groups. Put them into fewer groups "
        "in a column of its own, and list that one."
    )


@pytest.mark.parametrize(
    ("bins", "groups"),
    [
        (4, ["age=up to 119", "age=above 119 to 219", "age=above 219 to 319", "age=above 319"]),
        ((100.0, 250.5), ["age=up to 100", "age=above 100 to 250.5", "age=above 250.5"]),
    ],
)
def test_bands_make_groups(bins: Any, groups: list[str], checks: Mapping[str, Check]) -> None:
    """Of equal size, or by edges; edges belong to the band below."""
    scored = table({"age": np.arange(20, 20 + ROWS)}, sensitive_bins={"age": bins})
    measured = measure(checks[DP], scored_test=scored)
    assert [each.name for each in measured.slices] == groups
    if bins == 4:
        assert [each.estimate.n for each in measured.slices] == [100] * 4


def test_bands_of_equal_size_tell_nobodys_number(checks: Mapping[str, Check]) -> None:
    """Their edges lie between the values of two rows, and are round."""
    income = np.round(np.random.default_rng(0).normal(50_000, 9_000, ROWS)) + 0.123
    measured = measure(checks[DP], scored_test=table({"income": income}, sensitive_bins={"income": 4}))
    assert [each.estimate.n for each in measured.slices] == [100] * 4
    assert not any(f"{value}" in each.name for each in measured.slices for value in income)
    assert ".123" not in " ".join(each.name for each in measured.slices)


@pytest.mark.parametrize(
    ("column", "bins", "said"),
    [
        (["f", "m"] * 200, 4, "is String, and [data] sensitive_bins makes bands of numbers"),
        (np.arange(ROWS), (5.0, 5.0), "numbers that rise"),
        (np.arange(ROWS), (1_000.0,), "put every row of test.parquet into one group"),
        (np.arange(ROWS), 51, "makes 2 to 50 bands of 'age', not 51"),
    ],
)
def test_bands_that_make_no_sense_are_refused(column: Any, bins: Any, said: str, checks: Mapping[str, Check]) -> None:
    """Texts, edges that do not rise, edges beyond all rows, too many bands."""
    assert said in refusal(checks[DP], table({"age": column}, sensitive_bins={"age": bins}), DataError)


def test_missing_values_are_a_group_of_their_own(checks: Mapping[str, Check]) -> None:
    """Null is shown, in text and in bands (NaN with it)."""
    sex = pl.Series(["f", "m", None, "m"] * 100)
    measured = measure(checks[DP], scored_test=table({"sex": sex}))
    assert [(each.name, each.estimate.n) for each in measured.slices] == [
        ("sex=f", 100),
        ("sex=m", 200),
        ("sex=null", 100),
    ]
    age = pl.Series([30.0, 50.0, None, float("nan")] * 100)
    banded = measure(checks[DP], scored_test=table({"age": age}, sensitive_bins={"age": (40.0,)}))
    assert [each.name for each in banded.slices] == ["age=up to 40", "age=above 40", "age=null"]


def test_a_group_without_positives_has_no_true_positive_rate(checks: Mapping[str, Check]) -> None:
    """It is named with the metric it lacks, is not taken for a rate of 0, and keeps the rule from passing."""
    frame = pl.DataFrame({"y": [0, 1] * 200, "g": (["a"] * 100 + ["b"] * 100) * 2})
    frame = frame.vstack(pl.DataFrame({"y": [0] * 60, "g": ["c"] * 60}))
    scores = np.where(np.arange(frame.height) % 10 < 4, 0.9, 0.1)
    roles = Columns(label="y", positive=1, sensitive=("g",))
    scored = score(Table.of(frame), roles, None, Predictions.scores(scores, (1,)))
    measured = measure(checks["equal_opportunity_difference"], scored_test=scored)
    assert [each.name for each in measured.slices] == ["g=a", "g=b"]
    (lacking,) = measured.too_small
    assert (lacking.name, lacking.rows_needed) == ("g=c", None)
    assert lacking.reason == "has no true positive rate: none of its 60 rows is in the denominator"
    (odds,) = measure(checks["equalized_odds_difference"], scored_test=scored).too_small
    assert "true positive rate" in odds.reason  # its false positive rate is there


def test_a_ratio_of_nothing_is_no_ratio(checks: Mapping[str, Check]) -> None:
    """Where nobody is selected, no group is selected less; 0 / 0 is not 1."""
    scored = table({"sex": ["f", "m"] * 200}, scores=np.full(ROWS, 0.1))
    assert refusal(checks["demographic_parity_ratio"], scored, CheckError) == (
        "The ratio is not defined: no group has a selection rate above 0. The groups' own numbers are in "
        "`fairness.group_metrics`."
    )


def test_columns_that_cross_too_often_are_refused(checks: Mapping[str, Check]) -> None:
    """And can be judged without crossing."""
    rng = np.random.default_rng(1)
    many = {name: rng.integers(0, 20, ROWS) for name in ("a", "b", "c")}
    label = np.tile([0, 1], 30 * ROWS // 2)
    frame = pl.DataFrame({"y": label, **{name: rng.integers(0, 20, len(label)) for name in many}})
    roles = Columns(label="y", positive=1, sensitive=tuple(many))
    scored = score(Table.of(frame), roles, None, Predictions.scores(rng.random(len(label)), (1,)))
    said = refusal(checks[DP], scored, DataError)
    assert "make" in said
    assert 'Set intersections = "pairs" or "none" under the check' in said
    assert len(measure(checks[DP], scored_test=scored, intersections="none").slices) == 60


@pytest.mark.parametrize("task", ["binary", "many"])
def test_labels_alone_are_enough_for_rates_and_not_for_scores(task: str, checks: Mapping[str, Check]) -> None:
    """A model that gives labels is judged on its decisions."""
    classes = 2 if task == "binary" else 3
    label = np.arange(ROWS) % classes
    frame = pl.DataFrame({"y": label, "sex": ["f"] * 200 + ["m"] * 200})
    roles = Columns(label="y", positive=1 if task == "binary" else None, sensitive=("sex",))
    scored = score(Table.of(frame), roles, None, Predictions.labels(np.roll(label, 1)))
    assert measure(checks["equalized_odds_difference"], scored_test=scored).estimate is not None
    with pytest.raises((CheckError, NotApplicable)):
        measure(checks["auc_gap"], scored_test=scored)
