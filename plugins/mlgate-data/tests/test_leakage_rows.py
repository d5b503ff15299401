"""Rows and entities on both sides, and training rows from after the test: counts as pandas finds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import binomtest

from mlgate import CheckError, DataError, Measurement, NotApplicable
from mlgate.results import Level, Outcome, Result
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of
from mlgate_data.leakage.ordering import time_leakage
from mlgate_data.leakage.overlap import entity_overlap, train_test_overlap

Judge = Callable[..., Mapping[str, Result]]
Real = Mapping[str, pl.DataFrame]
Split = Callable[[pl.DataFrame, int], tuple[pl.DataFrame, pl.DataFrame]]


def drawn(rows: int, seed: int, *, values: int = 1_000_000) -> pd.DataFrame:
    """Rows of three whole numbers below `values`, and a label."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(draw.integers(0, values, (rows, 3)), columns=["a", "b", "c"])
    return frame.assign(y=draw.integers(0, 2, rows))


def overlap(train: object, test: object, **facts: Any) -> Measurement:
    return train_test_overlap(data_of(Columns(label="y"), Table.of(test), Table.of(train), **facts))


def value(measured: Measurement) -> float:
    assert measured.estimate is not None
    return measured.estimate.value


def test_the_share_is_that_of_a_join() -> None:
    """As pandas' merge finds it, with the label and without; train has no twins, so none is natural."""
    train, test = drawn(2_000, 1), drawn(500, 2)
    test.iloc[:40] = train.iloc[100:140]
    test.loc[30:39, "y"] = 1 - test.loc[30:39, "y"]
    both = test.merge(train.drop_duplicates(), how="left", indicator=True)["_merge"].eq("both").mean()
    features = test[["a", "b", "c"]].merge(train[["a", "b", "c"]].drop_duplicates(), how="left", indicator=True)
    measured = overlap(train, test)
    assert measured.data["share"] == both == 30 / 500
    assert measured.data["features_share"] == features["_merge"].eq("both").mean() == 40 / 500
    assert value(measured) == 30 / 500
    assert [part.estimate.value for part in measured.parts if part.name == "features"] == [40 / 500]


def test_coarse_rows_repeat_by_nature() -> None:
    """With 343 possible rows nearly every new row is an old one: on 40 pairs the excess is none on average."""
    excess = [value(overlap(drawn(700, seed, values=7), drawn(300, 100 + seed, values=7))) for seed in range(40)]
    shares = [overlap(drawn(700, seed, values=7), drawn(300, 100 + seed, values=7)).data["share"] for seed in range(3)]
    assert min(float(str(share)) for share in shares) > 0.5
    assert abs(float(np.mean(excess))) < 3 * float(np.std(excess)) / 40**0.5
    assert max(excess) < 0.12


def test_an_oversampled_train_hides_no_overlap() -> None:
    """Every training row stands three times, the test rows stand once: that is no natural share."""
    train, test = drawn(2_000, 1), drawn(1_500, 2)
    test.iloc[:50] = train.iloc[:50]
    measured = overlap(pd.concat([train] * 3), test)
    assert float(str(measured.data["natural"])) < 0.02
    assert measured.estimate is not None
    assert measured.estimate.interval(0.95).low > 0.01
    assert value(overlap(pd.concat([train] * 3), drawn(1_500, 3))) <= 0


@pytest.mark.parametrize("other", ["floats", "other width", "text file"])
def test_the_same_values_of_another_type_are_the_same(other: str, tmp_path: Path) -> None:
    """A missing value makes decimals of whole numbers in one of the tables, a CSV file knows one width alone."""
    train, test = drawn(2_000, 1).assign(when=datetime(2025, 1, 1)), drawn(500, 2).assign(when=datetime(2025, 1, 1))
    test.iloc[:50] = train.iloc[:50]
    table: object = test
    if other == "floats":
        table = test.astype({"a": float, "b": "float32", "y": float}).assign(when=test["when"].astype("datetime64[ns]"))
        table["b"] = test["b"].astype(float)
    elif other == "other width":
        table = test.astype({"a": "int32", "y": "int8"}).assign(when=test["when"].astype("datetime64[ms]"))
    measured = overlap(train, table)
    if other == "text file":
        path = tmp_path / "test.csv"
        test.drop(columns="when").to_csv(path, index=False)
        read = data_of(Columns(label="y"), Table.scan(str(path)), Table.of(train))
        measured = train_test_overlap(read)
    assert measured.data["share"] == 0.1


def test_the_rows_are_named_and_sensitive_values_are_not(tmp_path: Path) -> None:
    """Twenty with their numbers in the finding, all of them in the file that was asked for."""
    train, test = drawn(2_000, 1), drawn(500, 2)
    places = np.arange(3, 500, 10)
    test.iloc[places] = train.iloc[: len(places)]
    data = data_of(Columns(label="y", sensitive=("a",)), Table.of(test), Table.of(train), export=tmp_path)
    [finding] = train_test_overlap(data).findings
    assert finding.message == "50 of 500 test rows (10%) stand in train; 0% would by nature."
    rows: Any = finding.data["rows"]
    assert [row["row"] for row in rows] == places[:20].tolist()
    assert {row["a"] for row in rows} == {"(sensitive)"}
    assert [row["b"] for row in rows] == test["b"].iloc[places[:20]].tolist()
    written = pd.read_parquet(tmp_path / "data.train_test_overlap" / "test.parquet")
    assert written["row"].tolist() == places.tolist()
    assert written["b"].tolist() == test["b"].iloc[places].tolist()
    assert set(written["a"]) == {"(sensitive)"}


def test_duplicated_rows_of_a_real_table_are_found(real: Real, split: Split, judge: Judge) -> None:
    """5% of the test rows are training rows: blocked each time, in the smallest table too."""
    for name, label in {"adult": "income", "penguins": "species", "german_credit": "credit_risk"}.items():
        for seed in range(5):
            train, test = split(real[name].sample(min(real[name].height, 3_000), seed=seed), seed)
            copied = pl.concat([test, train.sample(round(0.05 * test.height), seed=seed)])
            result = judge(train, copied, Columns(label=label))["data.train_test_overlap"]
            assert (result.outcome, result.level) == (Outcome.FAILED, Level.ENFORCE), (name, seed, result.reason)


def test_entities_on_both_sides_are_counted(tmp_path: Path) -> None:
    """As a set operation counts them; rows without an entity are left out, and values of a sensitive one masked."""
    draw = np.random.default_rng(0)
    train = pl.DataFrame({"who": draw.integers(0, 900, 1_000), "x": draw.normal(size=1_000)})
    test = pl.DataFrame({"who": draw.integers(700, 2_000, 400), "x": draw.normal(size=400)})
    test = test.with_columns(pl.when(pl.int_range(400) % 8 == 0).then(None).otherwise("who").alias("who"))
    known = set(train["who"])
    hits = [place for place, who in enumerate(test["who"]) if who in known]
    data = data_of(Columns(entity="who", sensitive=("who",)), Table.of(test), Table.of(train), export=tmp_path)
    measured = entity_overlap(data)
    assert value(measured) == len(hits) / test["who"].drop_nulls().len()
    [finding] = measured.findings
    both = len({test["who"][place] for place in hits})
    assert finding.message.startswith(f"{both} values of 'who' stand in both tables: {len(hits)} of 400 test rows")
    rows: Any = finding.data["rows"]
    assert [row["row"] for row in rows] == hits[:20]
    assert {row["who"] for row in rows} == {"(sensitive)"}
    written = pd.read_parquet(tmp_path / "data.entity_overlap" / "test.parquet")
    assert written["row"].tolist() == hits


def test_entities_apart_are_no_overlap() -> None:
    """A split by entity, whatever type an id was read as."""
    train = pl.DataFrame({"who": [f"c{place}" for place in range(100)], "x": range(100)})
    test = pl.DataFrame({"who": [f"d{place}" for place in range(100)], "x": range(100)})
    assert value(entity_overlap(data_of(Columns(entity="who"), Table.of(test), Table.of(train)))) == 0
    numbers = [pl.DataFrame({"who": pl.Series(range(5), dtype=dtype)}) for dtype in (pl.Int32, pl.Float64)]
    wide = data_of(Columns(entity="who"), Table.of(numbers[0]), Table.of(numbers[1]))
    assert value(entity_overlap(wide)) == 1


MOMENTS: Mapping[str, Callable[[int], Any]] = {
    "dates": lambda day: date(2025, 1, 1) + timedelta(days=day),
    "times": lambda day: datetime(2025, 1, 1) + timedelta(days=day),
    "times with a zone": lambda day: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day),
    "whole numbers": lambda day: 1_735_689_600_000_000_000 + 86_400_000_000_000 * day,
    "numbers": lambda day: 1.5 + day,
}


def timed(days: Any, kind: str = "dates") -> Table:
    made = [MOMENTS[kind](int(day)) for day in days]
    return Table.of(pl.DataFrame({"when": made, "x": [0.0] * len(made)}))


def leakage(train: Table, test: Table, **facts: Any) -> Measurement:
    return time_leakage(data_of(Columns(time="when", **facts), test, train))


@pytest.mark.parametrize("kind", MOMENTS)
def test_training_rows_after_the_first_test_row_are_counted(kind: str) -> None:
    """Strictly after: a day that both tables share is no leak."""
    train, test = timed(range(100), kind), timed(range(90, 130), kind)
    assert value(leakage(train, test)) == 9 / 100
    assert value(leakage(timed(range(91), kind), test)) == 0
    assert value(leakage(timed(range(200, 300), kind), test)) == 1


def test_dates_and_times_of_two_tables_are_compared_as_utc() -> None:
    """A date is its midnight; a time of another zone is the same moment."""
    train = timed(range(100), "times with a zone")
    shifted = train.collect().with_columns(pl.col("when").dt.convert_time_zone("Asia/Tokyo"))
    for table in (train, Table.of(shifted), timed(range(100), "times")):
        assert value(leakage(table, timed(range(90, 130), "dates"))) == 9 / 100


def test_what_is_late_is_told_and_shown() -> None:
    """The first test row's time, the share with its interval, and the rows; the whole table where it is older."""
    [finding] = leakage(timed(range(100)), timed(range(90, 130))).findings
    assert finding.message == "9 of 100 training rows (9%) are later than the first test row, 2025-04-01T00:00:00."
    rows: Any = finding.data["rows"]
    assert [row["row"] for row in rows] == list(range(91, 100))
    measured = leakage(timed(range(365, 465)), timed(range(100)))
    assert measured.findings[0].message == (
        "100 of 100 training rows (100%) are later than the first test row, 2025-01-01T00:00:00; the whole test table "
        "is older than train."
    )
    assert measured.estimate is not None
    assert measured.estimate.interval(0.95).low == pytest.approx(binomtest(100, 100).proportion_ci(method="wilson").low)
    hidden = leakage(timed(range(100)), timed(range(90, 130)), sensitive=("when",))
    assert "2025" not in repr(hidden)


def _spoilt(**columns: Any) -> Table:
    return Table.of(pl.DataFrame({"when": [date(2025, 1, 1)] * 3, "who": [1, 2, 3], "x": [1.0, 2, 3]} | columns))


BAD: Mapping[str, tuple[Callable[..., Measurement], dict[str, Any], str]] = {
    "no entity in train": (entity_overlap, {"who": None}, "memory:frame has no column 'who'."),
    "no time in train": (time_leakage, {"when": None}, "memory:frame has no column 'when'."),
    "text for time": (
        time_leakage,
        {"when": ["2025-01-01"] * 3},
        "'when' of memory:frame holds String, where dates, times or numbers are needed.",
    ),
    "numbers for time": (
        time_leakage,
        {"when": [1, 2, 3]},
        "'when' holds numbers in train and dates or times in test, which can't be compared.",
    ),
    "no moment at all": (
        time_leakage,
        {"when": pl.Series([None] * 3, dtype=pl.Date)},
        "'when' of memory:frame has no value in any row.",
    ),
    "text for the entity": (
        entity_overlap,
        {"who": ["a", "b", "c"]},
        "'who' holds text in train and numbers in test, which can't be compared.",
    ),
    "no entity at all": (
        entity_overlap,
        {"who": pl.Series([None] * 3, dtype=pl.Int64)},
        "'who' of memory:frame has no value in any row.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_role_that_can_not_be_compared_is_told(case: str) -> None:
    """A column that the gate file names and a table lacks, or holds otherwise, never passes."""
    check, columns, said = BAD[case]
    train = Table.of(_spoilt().collect().drop(*(name for name, value in columns.items() if value is None)))
    if not any(value is None for value in columns.values()):
        train = _spoilt(**columns)
    with pytest.raises((CheckError, DataError)) as refusal:
        check(data_of(Columns(entity="who", time="when"), _spoilt(), train))
    assert str(refusal.value).startswith(said)


def test_what_was_not_declared_is_not_asked() -> None:
    """Without entity or time, or with one table alone, there is nothing to compare."""
    for check in (entity_overlap, time_leakage):
        with pytest.raises(NotApplicable):
            check(data_of(Columns(), _spoilt(), _spoilt()))
    with pytest.raises(NotApplicable):
        train_test_overlap(data_of(Columns(label="x"), _spoilt(), None))
