"""Columns that tell the label: numbers beside scikit-learn's and pandas', leaks found, honest features let be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import norm
from sklearn.metrics import balanced_accuracy_score, mean_absolute_error

from mlgate import Check, CheckError, Measurement, NotApplicable
from mlgate.results import JudgedBy, Level, Outcome, Result
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of, run_planned
from mlgate_data.leakage.coding import binned, flagged
from mlgate_data.leakage.features import feature_leakage, missing_pattern_leakage
from mlgate_data.leakage.identifying import identifier_leakage
from mlgate_data.leakage.joining import joined
from mlgate_data.leakage.sampling import Sample
from mlgate_data.leakage.scattering import explained
from mlgate_data.leakage.telling import Classes, tell

CHECKS = (feature_leakage, identifier_leakage, missing_pattern_leakage)
Judge = Callable[..., Mapping[str, Result]]
Real = Mapping[str, pl.DataFrame]
Split = Callable[[pl.DataFrame, int], tuple[pl.DataFrame, pl.DataFrame]]


def measure(check: Check, train: object, test: object, candidate: object = None, **facts: Any) -> Measurement:
    given = {} if candidate is None else {"candidate": candidate}
    options = {name: facts.pop(name) for name in ("ignore",) if name in facts}
    columns = Columns(**{"label": "y", **facts})
    return check(data_of(columns, Table.of(test), Table.of(train)), **given, **options)


def value(measured: Measurement) -> float:
    assert measured.estimate is not None
    return measured.estimate.value


def many(rows: int, seed: int) -> pl.DataFrame:
    """Three classes that a text tells well, a number somewhat and another not at all."""
    draw = np.random.default_rng(seed)
    y = draw.choice(3, rows, p=[0.6, 0.3, 0.1])
    text = np.where(draw.random(rows) < 0.8, y, draw.integers(0, 3, rows))
    return pl.DataFrame(
        {
            "text": [f"t{value}" for value in text],
            "some": y + draw.normal(size=rows),
            "none": draw.normal(size=rows),
            "y": [f"class {value}" for value in y],
        }
    )


def test_classes_are_told_by_adjusted_balanced_accuracy() -> None:
    """As scikit-learn scores each text's over-represented class, which pandas finds in train."""
    train, test = many(4_000, 1), many(2_000, 2)
    table = pd.crosstab(train["text"].to_pandas(), train["y"].to_pandas())
    answers = (table / table.sum()).idxmax(axis=1)
    expected = balanced_accuracy_score(test["y"], test["text"].to_pandas().map(answers), adjusted=True)
    measured = measure(feature_leakage, train, test)
    told: Any = measured.data["told"]
    assert list(told) == ["text", "some", "none"]
    assert told["text"] == pytest.approx(expected, abs=1e-6)
    assert value(measured) == pytest.approx(expected)
    assert abs(told["none"]) < 0.06


def test_numbers_are_told_by_the_median_error_that_is_gone() -> None:
    """As scikit-learn's mean absolute error has it, of the medians that pandas finds in train."""
    draw = np.random.default_rng(3)
    frames = []
    for rows in (4_000, 2_000):
        group = draw.integers(0, 5, rows)
        frames.append(
            pl.DataFrame({"group": [f"g{each}" for each in group], "y": group**2 + draw.exponential(3, rows)})
        )
    train, test = frames
    medians = train.to_pandas().groupby("group")["y"].median()
    errors = mean_absolute_error(test["y"], test["group"].to_pandas().map(medians))
    base = mean_absolute_error(test["y"], np.full(len(test), np.median(train["y"].to_numpy())))
    assert value(measure(feature_leakage, train, test)) == pytest.approx(1 - errors / base)


def test_bins_follow_a_curve() -> None:
    """A number that makes another by a curve is told between its bins too, as far as noise allows."""
    draw = np.random.default_rng(4)
    frames = []
    for rows in (3_000, 1_000):
        x = draw.normal(size=rows)
        frames.append(pl.DataFrame({"x": x, "y": np.exp(x)}))
    assert value(measure(feature_leakage, *frames)) > 0.98


def test_the_bound_is_an_auc_of_099_between_normal_classes() -> None:
    """Two normal classes apart by d have AUC Phi(d / sqrt 2), and go 2 Phi(d / 2) - 1 of the way."""
    apart = float(np.sqrt(2) * norm.ppf(0.99))
    draw = np.random.default_rng(5)
    frames = []
    for _ in range(2):
        y = draw.integers(0, 2, 60_000)
        frames.append(pl.DataFrame({"x": y * apart + draw.normal(size=60_000), "y": y}))
    assert 2 * norm.cdf(apart / 2) - 1 == pytest.approx(0.90, abs=0.001)
    assert value(measure(feature_leakage, *frames)) == pytest.approx(2 * norm.cdf(apart / 2) - 1, abs=0.005)


def test_the_interval_covers_the_truth() -> None:
    """95% of the intervals of what a column is worth hold it, within what 2,000 draws allow."""
    held = 0
    draw = np.random.default_rng(0)
    for _ in range(2_000):
        train, test = (draw.integers(0, 2, rows) for rows in (400, 200))
        copies = [np.where(draw.random(len(y)) < 0.05, 1 - y, y) for y in (train, test)]
        interval = tell(Classes(train, test, 2), flagged(*copies)).test.interval(0.95)
        held += interval.low <= 0.9 <= interval.high
    assert 0.93 <= held / 2_000 <= 0.985


def test_the_interval_keeps_entities_together() -> None:
    """Ten rows of one person that are right or wrong together: 95% of the intervals hold the truth of 0.8, which
    intervals of independent rows hold in under 60%."""
    held, alone = 0, 0
    draw = np.random.default_rng(1)
    for _ in range(300):
        people = np.repeat(np.arange(400, dtype=np.uint64), 10)
        y = draw.integers(0, 2, 4_000)
        copy = np.where(np.repeat(draw.random(400) < 0.1, 10), 1 - y, y)
        for entities in (None, (people, people)):
            labels = Classes(y, y, 2, entities)
            estimate = labels.judged(copy, y, None if entities is None else entities[0])
            interval = estimate.interval(0.95)
            if entities is None:
                alone += interval.low <= 0.8 <= interval.high
            else:
                held += interval.low <= 0.8 <= interval.high
    assert 0.92 <= held / 300 <= 0.99
    assert alone / 300 < 0.6


def test_numbers_told_by_entity_hold_the_truth() -> None:
    """Of a share of the error that is gone too: 1 - 0.5 / 2 where errors are of a person."""
    held = 0
    draw = np.random.default_rng(2)
    people = np.repeat(np.arange(200, dtype=np.uint64), 10)
    for _ in range(300):
        y = draw.choice([-2.0, 2.0], 2_000)
        answers = y + np.repeat(draw.uniform(-1, 1, 200), 10)
        interval = explained(answers, y, 0.0, people).interval(0.95)
        held += interval.low <= 0.75 <= interval.high
    assert 0.91 <= held / 300 <= 0.99


def test_training_rows_join_where_they_agree() -> None:
    """Held out, they are beyond what memory gives; a leak in train alone is judged by the test rows alone."""
    draw = np.random.default_rng(3)
    held = 0
    for _ in range(500):
        y, z = (draw.integers(0, 2, rows) for rows in (240, 100))
        copies = [np.where(draw.random(len(each)) < 0.05, 1 - each, each) for each in (y, z)]
        estimate = joined(Classes(y, z, 2), flagged(*copies))
        interval = estimate.interval(0.95)
        held += interval.low <= 0.9 <= interval.high
    assert 0.92 <= held / 500 <= 0.985
    y, z = draw.integers(0, 2, 240), draw.integers(0, 2, 100)
    apart = joined(Classes(y, z, 2), flagged(y, draw.integers(0, 2, 100)))
    assert apart.n == 100
    assert apart.value < 0.4


def test_a_value_of_each_row_is_no_leak_to_the_rows_held_out() -> None:
    """Pairs of rows that no other shares: memory of train is worth nothing on rows that it does not hold."""
    draw = np.random.default_rng(4)
    y, z = draw.integers(0, 2, 400), draw.integers(0, 2, 100)
    memory = flagged(np.arange(400), np.zeros(100, dtype=int))
    assert tell(Classes(y, z, 2), memory).train == 1
    assert abs(joined(Classes(y, z, 2), memory).value) < 0.2


def test_one_entity_is_refused() -> None:
    """Of it alone nobody sees how far results vary between entities."""
    frame = pl.DataFrame({"y": [0, 1] * 50, "x": range(100), "who": ["a"] * 100})
    with pytest.raises(CheckError, match=r"^the entity 'who' is the same in every training row with a label\."):
        measure(feature_leakage, frame, frame, entity="who")


def _leaking(frame: pl.DataFrame, label: str, seed: int) -> pl.DataFrame:
    """With a copy of the label, 2% of it wrong (of a number: 2% noise)."""
    draw = np.random.default_rng(seed)
    y = frame[label]
    if y.dtype.is_numeric():
        noise = draw.normal(0, 0.02 * float(y.cast(float).to_numpy().std()), len(y))
        return frame.with_columns(leak=y + pl.Series(noise))
    values = y.unique().sort().to_list()
    codes = np.array([values.index(each) for each in y])
    wrong = (codes + draw.integers(1, len(values), len(y))) % len(values)
    return frame.with_columns(
        leak=pl.Series([values[each] for each in np.where(draw.random(len(y)) < 0.02, wrong, codes)])
    )


@pytest.mark.parametrize(
    ("name", "label"),
    [("adult", "income"), ("german_credit", "credit_risk"), ("penguins", "species"), ("diamonds", "price")],
)
def test_a_copy_of_the_label_is_found_and_named(name: str, label: str, real: Real, split: Split, judge: Judge) -> None:
    """On ten splits, each time; the honest features of the same table are not named."""
    for seed in range(10):
        frame = real[name].sample(min(real[name].height, 3_000), seed=seed)
        train, test = split(_leaking(frame, label, seed), seed)
        result = judge(train, test, Columns(label=label))["data.feature_leakage"]
        assert (result.outcome, result.level) == (Outcome.FAILED, Level.ENFORCE), (seed, result.reason)
        assert result.reason.startswith("column=leak: ")
        assert "the only slice" in result.reason


def _gaps(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Education is missing for all of one class but 2%."""
    kept = pl.Series(np.random.default_rng(seed).random(frame.height) < 0.02)
    return frame.with_columns(
        pl.when((pl.col("income") == ">50K") & ~kept).then(None).otherwise("education").alias("education")
    )


def test_a_label_in_the_gaps_is_found(real: Real, split: Split, judge: Judge) -> None:
    """The column is named, and so is the number of gaps where that tells it."""
    adult = real["adult"]
    rich = adult["income"].unique().sort().to_list()[-1]
    frame = _gaps(adult.sample(3_000, seed=1).with_columns(pl.col("income").replace(rich, ">50K")), 1)
    result = judge(*split(frame, 1), Columns(label="income"))["data.missing_pattern_leakage"]
    assert result.outcome is Outcome.FAILED
    assert result.reason.startswith("column=education: ")
    scattered = pl.DataFrame({"y": [0, 1] * 1_000, "a": [None, 1.0, 2.0, 3.0] * 500, "b": [1.0, 1.0, None, 3.0] * 500})
    counted = judge(scattered, scattered, Columns(label="y"))["data.missing_pattern_leakage"]
    assert counted.reason.startswith("column=(number of missing values): 1.0")


IDS: Mapping[str, Callable[[np.ndarray[Any, Any]], list[Any]]] = {
    "numbers that grow with the label": lambda y: np.argsort(np.argsort(y, kind="stable")).tolist(),
    "texts with a letter per class": lambda y: [f"{'GB'[int(v)]}-{place:05}" for place, v in enumerate(y)],
    "texts that grow with the label": lambda y: [f"id{place:05}" for place in np.argsort(np.argsort(y, kind="stable"))],
}


@pytest.mark.parametrize("case", IDS)
def test_an_identifier_that_tells_the_label_is_found(case: str) -> None:
    """Numbers by their size, texts by their shape and their digits; other ids tell nothing."""
    draw = np.random.default_rng(6)
    y = draw.integers(0, 2, 1_500)
    frame = pl.DataFrame({"y": y, "x": draw.normal(size=1_500), "id": IDS[case](y)}).sample(
        fraction=1, shuffle=True, seed=1
    )
    train, test = frame.head(1_000), frame.tail(500)
    measured = measure(identifier_leakage, train, test)
    assert [part.name for part in measured.slices] == ["column=id"]
    assert value(measured) > 0.98
    assert measured.findings == ()
    honest = frame.with_columns(id=pl.int_range(pl.len()).shuffle(2))
    assert value(measure(identifier_leakage, honest.head(1_000), honest.tail(500))) < 0.2
    told: Any = measure(feature_leakage, train, test).data["told"]
    assert list(told) == ["x"]


def test_sorted_tables_are_told_and_do_not_block(judge: Judge) -> None:
    """Both sorted by the label: a warning; one of them sorted is none."""
    draw = np.random.default_rng(7)
    frames = [pl.DataFrame({"y": draw.integers(0, 2, rows), "x": draw.normal(size=rows)}) for rows in (1_000, 400)]
    result = judge(*(frame.sort("y") for frame in frames), Columns(label="y"))["data.identifier_leakage"]
    assert (result.outcome, result.level) == (Outcome.FAILED, Level.WARN)
    assert result.reason == "1 finding: The order of the rows tells 'y' in both tables: they are sorted by it"
    assert measure(identifier_leakage, frames[0].sort("y"), frames[1]).findings == ()


def test_only_what_the_model_reads_is_a_feature(tmp_path: Path) -> None:
    """By its signature; a column that is known when the model answers can be left out by name too."""
    draw = np.random.default_rng(8)
    y = draw.integers(0, 2, 800)
    frame = pl.DataFrame({"y": y, "outcome": [f"o{each}" for each in y], "x": draw.normal(size=800)})
    (tmp_path / "MLmodel").write_text('signature:\n  inputs: \'[{"name": "x", "type": "double"}]\'\n')
    both = frame.head(500), frame.tail(300)
    assert value(measure(feature_leakage, *both)) == 1
    assert value(measure(feature_leakage, *both, candidate=SimpleNamespace(path=tmp_path))) < 0.3
    assert value(measure(feature_leakage, *both, ignore=("outcome",))) < 0.3


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_what_nothing_can_be_learned_of_is_skipped(check: Check) -> None:
    """A label of one value, none at all, too few rows, other kinds on both sides, names without end."""
    plain = pl.DataFrame({"y": [0, 1] * 50, "x": range(100)})
    for train, test, said in (
        (plain.with_columns(y=1), plain, "'y' has one value in every training row that was looked at."),
        (plain, plain.with_columns(y=1), "'y' has one value in every test row that was looked at."),
        (plain, plain.head(1), "the test table has 1 rows with a label, too few to learn from."),
        (plain, plain.with_columns(y=None).cast({"y": pl.Int64}), "the test table has 0 rows with a label"),
        (plain, plain.cast({"y": pl.String}), "the label 'y' holds numbers in train and text in test."),
        (plain.drop("y"), plain, "the training table has no column 'y', and both tables need the label."),
        (plain.with_columns(y=pl.Series([f"n{v}" for v in range(100)])),) * 2
        + ("the label 'y' has too many values to be classes.",),
    ):
        with pytest.raises(NotApplicable) as reason:
            measure(check, train, test)
        assert str(reason.value).startswith(said)


def test_a_large_table_is_told_by_a_sample_and_says_so() -> None:
    """One sample for all three checks, drawn in the one pass; the interval is that of the rows looked at."""
    draw = np.random.default_rng(9)
    y = draw.integers(0, 2, 250_000)
    frame = pl.DataFrame(
        {"y": y, "leak": np.where(draw.random(250_000) < 0.02, 1 - y, y), "x": draw.normal(size=250_000)}
    )
    data = data_of(Columns(label="y"), Table.of(frame.tail(120_000)), Table.of(frame.head(130_000)))
    run_planned(data, {check.id: check for check in CHECKS}, {check.id: {"ignore": ()} for check in CHECKS})
    assert data.train is not None
    assert data.test is not None
    assert (data.train.passes, data.test.passes) == (1, 1)
    measured = feature_leakage(data, ignore=())
    assert measured.estimate is not None
    assert measured.estimate.n == 200_000
    assert measured.estimate.interval(0.999).low < 0.96 < measured.estimate.interval(0.999).high
    assert measured.judged_by is JudgedBy.SLICES
    assert (
        "Looked at 100,000 of 130,000 training rows and 100,000 of 120,000 test rows, drawn at random."
        in measured.notes
    )


def test_a_sample_holds_each_row_once_whatever_the_batches() -> None:
    """Rows in the table's order with their places, the same ones from a frame and from batches of it."""
    frame = pl.DataFrame({"n": range(120_000), "t": ["x" * 150] * 120_000})
    data = data_of(Columns(), Table.of(frame), Table.of(frame.to_arrow()))
    fact = Sample(("n", "t"), 120_000)
    assert data.test is not None
    assert data.train is not None
    drawn, again = data.test[fact], data.train[fact]
    numbers = drawn.frame["n"].to_numpy()
    assert len(set(numbers.tolist())) == 100_000
    assert (np.diff(numbers) > 0).all()
    assert (drawn.places == numbers / 120_000).all()
    assert drawn.frame.equals(again.frame)
    assert drawn.frame["t"].str.len_chars().max() == 100
    assert abs(numbers.mean() / 60_000 - 1) < 0.01


def test_bins_hold_about_as_many_rows_each() -> None:
    """256 bins of a long column, 20 rows each of a short one, a bin for each of a few values; missing apart."""
    draw = np.random.default_rng(10)
    for rows, bins in ((100_000, 256), (2_000, 100), (60, 3)):
        codes = binned(draw.normal(size=rows), np.array([np.nan, -9.0, 9.0]))
        counts = np.bincount(codes.train)[1:]
        assert len(counts) == bins
        assert counts.max() - counts.min() <= 2
        assert codes.test.tolist() == [0, 1, bins]
    few = binned(np.repeat([1.0, 2.0, 5.0], [500, 1, 500]), np.array([1.0, 2.0, 5.0, 4.9]))
    assert few.test.tolist() == [1, 2, 3, 3]
