"""Real tables: clean splits pass by default rules; a seeded defect fails the right check, which names the column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from mlgate.results import Level, Outcome, Result
from mlgate.tabular import Columns

LABELS = {"adult": "income", "german_credit": "credit_risk", "penguins": "species", "diamonds": "price"}
Judge = Callable[..., Mapping[str, Result]]
Real = Mapping[str, pl.DataFrame]
Split = Callable[[pl.DataFrame, int], tuple[pl.DataFrame, pl.DataFrame]]


@pytest.mark.parametrize("name", LABELS)
def test_clean_splits_do_not_cry_wolf(name: str, real: Real, split: Split, judge: Judge) -> None:
    """No data check fails, warns or crashes on ten random splits."""
    for seed in range(10):
        train, test = split(real[name], seed)
        results = judge(train, test, Columns(label=LABELS[name]))
        bad = {Outcome.FAILED, Outcome.ERRORED}
        assert {id: result.reason for id, result in results.items() if result.outcome in bad} == {}, seed


def _missing(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    gone = pl.int_range(pl.len()).shuffle(seed) < pl.len() / 10
    return test.with_columns(pl.when(gone).then(None).otherwise(pl.col("education")).alias("education"))


def _renamed(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    return test.with_columns(pl.col("marital_status").replace("Divorced", "Parted"))


def _scaled(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    return test.with_columns(pl.col("age") * 100)


def _texts(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    return test.with_columns(pl.col("hours_per_week").cast(pl.String))


def _stuck(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    return test.with_columns(sex=pl.lit(test["sex"][seed]))


def _repeated(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    return pl.concat([test, test.sample(fraction=0.15, seed=seed)])


def _stand_ins(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    gone = pl.int_range(pl.len()).shuffle(seed) < pl.len() / 10
    return test.with_columns(pl.when(gone).then(pl.lit("N/A")).otherwise(pl.col("education")).alias("education"))


def _sentinels(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    gone = pl.int_range(pl.len()).shuffle(seed) < pl.len() / 10
    return test.with_columns(pl.when(gone).then(-999).otherwise(pl.col("age")).alias("age"))


def _mixed(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    some = pl.int_range(pl.len()).shuffle(seed) < pl.len() / 10
    return test.with_columns(pl.when(some).then(pl.lit("42")).otherwise(pl.col("workclass")).alias("workclass"))


def _conflicting(test: pl.DataFrame, seed: int) -> pl.DataFrame:
    some = test.sample(fraction=0.1, seed=seed)
    return pl.concat([test, some.with_columns(income=pl.lit(">50K")), some.with_columns(income=pl.lit("<=50K"))])


DEFECTS: Mapping[str, tuple[Callable[[pl.DataFrame, int], pl.DataFrame], str, str]] = {
    "10% of a column missing": (_missing, "data.missing_values", "education"),
    "a renamed category": (_renamed, "data.new_categories", "marital_status"),
    "a column times 100": (_scaled, "data.unit_change", "age"),
    "whole numbers as text": (_texts, "data.types", "hours_per_week"),
    "a column that is stuck": (_stuck, "data.constant", "sex"),
    "15% repeated rows": (_repeated, "data.duplicates", ""),
    "10% N/A in a column": (_stand_ins, "data.special_nulls", "education"),
    "10% -999 in a column": (_sentinels, "data.special_nulls", "age"),
    "10% numbers among words": (_mixed, "data.mixed_types", "workclass"),
    "10% rows with both labels": (_conflicting, "data.conflicting_labels", ""),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_fails_the_right_check(defect: str, real: Real, split: Split, judge: Judge) -> None:
    """On ten random splits of 3,000 rows of Adult, each time, naming the column."""
    spoil, check, column = DEFECTS[defect]
    for seed in range(10):
        train, test = split(real["adult"].sample(3_000, seed=seed), seed)
        result = judge(train, spoil(test, seed), Columns(label="income"))[check]
        assert (result.outcome, result.level) == (Outcome.FAILED, Level.ENFORCE), (seed, result.reason)
        assert column in result.reason


def _lost(test: pl.DataFrame) -> pl.DataFrame:
    return test.filter(pl.col("race") != "Black")


def _misspelt(test: pl.DataFrame) -> pl.DataFrame:
    return test.with_columns(
        pl.when(pl.int_range(pl.len()) < 5).then(pl.lit(" private")).otherwise(pl.col("workclass")).alias("workclass")
    )


def _one_letter(test: pl.DataFrame) -> pl.DataFrame:
    return test.with_columns(
        pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("Privat")).otherwise(pl.col("workclass")).alias("workclass")
    )


def _garbled(test: pl.DataFrame) -> pl.DataFrame:
    return test.with_columns(pl.col("occupation").str.replace("Sales", "SÃ¤les"))


def _far(test: pl.DataFrame) -> pl.DataFrame:
    return test.with_columns(pl.when(pl.int_range(pl.len()) < 20).then(777).otherwise(pl.col("age")).alias("age"))


WARNINGS: Mapping[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], str, str]] = {
    "a vanished category": (_lost, "data.vanished_categories", "'race': 'Black' is"),
    "case and space": (_misspelt, "data.category_typos", "' private' looks like 'Private' misspelt"),
    "one letter": (_one_letter, "data.category_typos", "'Privat' looks like 'Private' misspelt"),
    "a broken encoding": (_garbled, "data.special_characters", "column=occupation"),
    "far-out values": (_far, "data.outliers", "column=age"),
}


@pytest.mark.parametrize("defect", WARNINGS)
def test_a_lesser_defect_is_a_warning(defect: str, real: Real, split: Split, judge: Judge) -> None:
    """It is shown with its column, and blocks nothing."""
    spoil, check, said = WARNINGS[defect]
    train, test = split(real["adult"].sample(6_000, seed=1), 1)
    result = judge(train, spoil(test), Columns(label="income"))[check]
    assert (result.outcome, result.level) == (Outcome.FAILED, Level.WARN)
    assert said in result.reason


def test_values_of_sensitive_columns_are_never_told(real: Real, split: Split, judge: Judge) -> None:
    """Neither in a finding, nor in what a report draws."""
    train, test = split(real["adult"].sample(6_000, seed=1), 1)
    spoilt = _lost(test).with_columns(pl.col("sex").replace("Female", "female"), relationship=pl.lit("Wife"))
    results = judge(train, spoilt, Columns(label="income", sensitive=("race", "sex", "relationship")))
    said = repr([(result.reason, result.run.measurement) for result in results.values()])
    said = said.replace("'Other-service'", "")  # an occupation, which is not sensitive
    values: list[Any] = [*test["race"].unique(), *test["sex"].unique(), "female", "Wife"]
    assert [value for value in values if repr(value) in said or f"'{value}" in said] == []
    failed = {id for id, result in results.items() if result.outcome is Outcome.FAILED}
    assert failed >= {"data.vanished_categories", "data.new_categories", "data.category_typos", "data.constant"}
