"""The engine: every table is read once for all, answers equal polars' own, and one failure stays alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlgate import CheckError, DataError, Measurement
from mlgate.tabular import Columns, Table
from mlgate_data.engine.counts import Missing, Tally
from mlgate_data.engine.data import Data, data_check, data_of, run_planned
from mlgate_data.engine.facts import Collecting, Mask, Schema
from mlgate_data.engine.hashes import Draw, Growing, Hashes, Repeats, repeats, shared
from mlgate_data.engine.histograms import Distribution
from mlgate_data.engine.numbers import Extremes, Spread
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Steps, of

ROWS = 30_000


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Numbers of all sizes and signs with NaN and null, and text of few and of many values."""
    draw = np.random.default_rng(7)
    wild = draw.normal(0, 1, ROWS) * 10.0 ** draw.integers(-9, 9, ROWS)
    wild[::50] = np.nan
    return pl.DataFrame(
        {
            "wild": wild,
            "whole": draw.integers(-500, 500, ROWS),
            "city": draw.choice(["Rome", "Oslo", "Bern"], ROWS),
            "id": [f"row {place}" for place in range(ROWS)],
        }
    ).with_columns(city=pl.when(pl.col("whole") % 7 == 0).then(None).otherwise("city"))


@pytest.fixture(params=["frame", "parquet in many row groups"])
def scan(request: pytest.FixtureRequest, frame: pl.DataFrame, tmp_path: Path) -> Scan:
    """The same rows as one batch, and as many."""
    if request.param == "frame":
        return Scan(Table.of(frame), "test")
    frame.write_parquet(tmp_path / "rows.parquet", row_group_size=1_111)
    return Scan(Table.scan(str(tmp_path / "rows.parquet")), "test")


def test_numbers_equal_polars_own(scan: Scan, frame: pl.DataFrame) -> None:
    """Extremes and moments over batches are those of the whole column, with NaN as missing."""
    values = frame["wild"].fill_nan(None)
    moments = scan[Spread("wild")]
    assert scan[Extremes("wild")] == (values.min(), values.max())
    assert moments is not None
    assert moments.n == values.count()
    assert moments.mean == pytest.approx(values.mean(), rel=1e-9)
    assert moments.deviation == pytest.approx(values.std(), rel=1e-9)
    assert scan[Missing("wild")] == values.null_count() > 0


def test_counts_equal_polars_own(scan: Scan, frame: pl.DataFrame) -> None:
    """A tally holds every value with its rows; missing rows are no value."""
    counts = scan[Tally("city")]
    assert counts.complete
    assert counts.of == dict(frame["city"].drop_nulls().value_counts().iter_rows())
    assert scan[Missing("city")] == frame["city"].null_count() > 0


def test_a_tally_gives_up_on_too_many_values(scan: Scan) -> None:
    """A column of ids is told from categories, without holding all of them."""
    counts = scan[Tally("id", limit=1_000)]
    assert not counts.complete
    assert counts.distinct > 1_000


@pytest.mark.parametrize("share", [0.0, 0.01, 0.25, 0.5, 0.9, 0.999, 1.0])
def test_quantiles_are_within_a_thousandth(scan: Scan, frame: pl.DataFrame, share: float) -> None:
    """Bins are a thousandth of their value wide, at every size and on both sides of zero."""
    exact = frame["wild"].fill_nan(None).drop_nulls().quantile(share, interpolation="lower")
    assert scan[Distribution("wild")].quantile(share) == pytest.approx(exact, rel=1e-3)


def test_a_distribution_keeps_what_no_bin_can_hold_apart() -> None:
    """Infinite values are counted, and whole numbers up to a thousand have bins of their own."""
    histogram = Scan(Table.of(pl.DataFrame({"x": [0.0, -1.0, 3.0, 3.0, float("inf"), float("nan")]})), "t")[
        Distribution("x")
    ]
    assert histogram.counts.tolist() == [1, 1, 2]
    assert histogram.values.tolist() == pytest.approx([-1.0, 0.0, 3.0], rel=1e-3)
    assert histogram.infinite == 1
    assert histogram.nonzero().counts.tolist() == [1, 2]


def test_hashes_find_repeated_and_shared_rows() -> None:
    """Repeats equal n minus the distinct rows; whole numbers of another width are the same values."""
    left = pl.DataFrame({"a": [1, 1, 2, 3, None, None], "b": ["x", "x", "y", "z", None, None]})
    right = left.with_columns(pl.col("a").cast(pl.Int16)).filter(pl.col("a") != 2)
    wanted = Hashes(("a", "b"))
    here, there = Scan(Table.of(left), "test")[wanted], Scan(Table.of(right), "train")[wanted]
    assert repeats(here) == left.height - left.n_unique()
    assert shared(here, there) == 3


def test_an_array_goes_on_in_a_file() -> None:
    """Beyond what is held in memory the values are the same, and can be sorted in place."""
    values = np.random.default_rng(1).integers(0, 1 << 60, 10_000).astype(np.uint64)
    growing = Growing(np.uint64, held=3_000)
    for part in np.array_split(values, 7):
        growing.extend(part)
    whole = growing.whole()
    assert isinstance(whole, np.memmap)
    assert np.array_equal(whole, values)
    whole.sort()
    assert np.array_equal(whole, np.sort(values))


def test_rows_are_drawn_at_random_from_batches() -> None:
    """Exactly so many, each as likely as any other, whatever the batches are; all where all are wanted."""
    sizes = (700, 1, 0, 250, 49)
    often = np.zeros(1_000)
    for seed in range(400):
        draw, rows = Draw(100, 1_000), np.random.default_rng(seed).permutation(1_000)
        drawn = [draw.of(part) for part in np.split(rows, np.cumsum(sizes)[:-1])]
        assert len(np.concatenate(drawn)) == 100
        often[np.concatenate(drawn)] += 1
    assert abs(often - 40).max() < 6 * (400 * 0.1 * 0.9) ** 0.5
    assert Draw(1_000, 1_000).places(700) is None


def test_repeats_are_those_of_the_drawn_rows(scan: Scan, frame: pl.DataFrame) -> None:
    """All rows give n minus the distinct ones; a tenth of rows of two values gives about as many as it has rows."""
    assert scan[Repeats(("city",), ROWS, ROWS)] == ROWS - frame["city"].n_unique()
    assert scan[Repeats(("city",), 3_000, ROWS)] == 3_000 - frame["city"].n_unique()
    assert scan[Repeats(("id",), 3_000, ROWS)] == 0


@dataclass(frozen=True)
class Broken:
    """A fact whose collector can't run: in its expression, or when it takes a batch."""

    columns: tuple[str, ...]
    when: str

    def collector(self, schema: Schema) -> _Broken:
        if self.when == "made":
            raise ValueError("no such thing")
        return _Broken(self.when)


class _Broken(Collecting):
    def __init__(self, when: str) -> None:
        self._when = when
        if when == "evaluated":
            self.expressions = (pl.col("city").str.to_integer().sum(),)
        if when == "counted":
            self.masks = (Mask(pl.col("city").str.contains("("), value_of="city"),)

    def add(self, batch: object, values: Sequence[object], counts: Sequence[int]) -> None:
        if self._when == "added":
            raise ValueError("no such row")

    def result(self) -> int:
        raise ValueError("no result")


@pytest.mark.parametrize("when", ["made", "evaluated", "counted", "added", "finished"])
def test_a_failing_fact_does_not_take_others_down(scan: Scan, frame: pl.DataFrame, when: str) -> None:
    """The pass goes on without it, and whoever asks for it is told the table and the column."""
    scan.gather([Missing("wild"), Broken(("city",), when), Extremes("whole")])
    assert scan[Missing("wild")] == frame["wild"].fill_nan(None).null_count()
    assert scan[Extremes("whole")] == (frame["whole"].min(), frame["whole"].max())
    with pytest.raises(CheckError, match=r"^'city' of .* could not be measured: "):
        scan[Broken(("city",), when)]
    assert scan.passes == 1


def test_columns_that_no_fact_needs_are_not_read(tmp_path: Path) -> None:
    """A column whose bytes are destroyed does no harm to facts about others, and its own facts say so."""
    path = tmp_path / "torn.parquet"
    pl.DataFrame({"good": range(5_000), "torn": [f"{place}" * 9 for place in range(5_000)]}).write_parquet(path)
    import pyarrow.parquet as pq

    torn = pq.ParquetFile(path).metadata.row_group(0).column(1)
    start = torn.dictionary_page_offset or torn.data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + torn.total_compressed_size] = b"\xff" * torn.total_compressed_size
    path.write_bytes(content)
    scan = Scan(Table.scan(str(path)), "test") if _readable(path) else Scan(Table.of(pl.scan_parquet(path)), "test")
    assert scan[Extremes("good")] == (0, 4_999)
    with pytest.raises(DataError):
        scan[Missing("torn")]


def _readable(path: Path) -> bool:
    try:
        Table.scan(str(path))
    except DataError:
        return False
    return True


def _asks(*steps: dict[str, list[Any]]) -> Any:
    """A check that asks for facts of `train` and `test`, step by step."""

    def walk(data: Data) -> Steps:
        """A check for this test."""
        train, test = data.both()
        for step in steps:
            yield [*of(train, step.get("train", [])), *of(test, step.get("test", []))]
        return Measurement.exact(0, n=1)

    return walk


def test_each_table_is_read_once_for_all_checks(frame: pl.DataFrame) -> None:
    """Checks that look at the training table first and checks that need the test table alone share both passes."""
    one = data_check("data.one")(_asks({"train": [Missing("wild")]}, {"test": [Missing("wild")]}))
    two = data_check("data.two")(_asks({"test": [Extremes("whole")]}))
    three = data_check("data.three")(
        _asks({"train": [Tally("city")], "test": [Tally("city")]}, {"test": [Hashes(("id",))]})
    )
    data = data_of(Columns(), Table.of(frame), Table.of(frame))
    run_planned(data, {each.id: each for each in (one, two, three)}, {"data.one": {}, "data.two": {}, "data.three": {}})
    assert data.train is not None
    assert data.test is not None
    assert (data.train.passes, data.test.passes) == (1, 2)
    assert all(ended.measurement is not None for ended in data.ended.values())


def test_a_check_that_raises_ends_alone(frame: pl.DataFrame) -> None:
    """Its own measurement raises what went wrong; the others are measured."""

    @data_check("data.crash")
    def crash(data: Data) -> Steps:
        """A check that crashes after its first step."""
        yield of(data.both()[1], [Missing("wild")])
        raise ZeroDivisionError("oh")

    calm = data_check("data.calm")(_asks({"test": [Missing("wild")]}))
    data = data_of(Columns(), Table.of(frame), Table.of(frame))
    run_planned(data, {"data.crash": crash, "data.calm": calm}, {"data.crash": {}, "data.calm": {}})
    with pytest.raises(ZeroDivisionError):
        crash(data)
    assert calm(data).estimate is not None


def test_a_check_can_be_measured_with_options_that_were_not_planned(frame: pl.DataFrame) -> None:
    """`gate.measure` and tests ask for a check alone; facts that are there are not gathered again."""

    @data_check("data.limit")
    def limit(data: Data, *, limit: int = 10) -> Steps:
        """Whether there are more cities than `limit`."""
        table = data.tables()[0]
        yield of(table, [Tally("city", limit)])
        return Measurement.exact(table[Tally("city", limit)].distinct > limit, n=table.rows)

    data = data_of(Columns(), Table.of(frame), None)
    assert data.test is not None
    assert limit(data).estimate == Measurement.exact(0, n=ROWS).estimate
    assert limit(data, limit=2).estimate == Measurement.exact(1, n=ROWS).estimate
    assert limit(data).estimate == Measurement.exact(0, n=ROWS).estimate
    assert data.test.passes == 2


@pytest.mark.parametrize("name", ["a b", "a.b", 'a"b', "a'b", "größe", "*", "^a.*$", "日本"])
def test_odd_column_names_are_only_names(name: str) -> None:
    """Quotes, dots, patterns and scripts of all kinds stand for themselves."""
    scan = Scan(Table.of(pl.DataFrame({name: [1.0, None, 3.0], "another": [1, 1, 1]})), "test")
    scan.gather([Missing(name), Extremes(name), Tally(name), Spread(name), Distribution(name), Hashes((name,))])
    assert scan[Missing(name)] == 1
    assert scan[Extremes(name)] == (1.0, 3.0)
    assert scan[Tally(name)].of == {1.0: 1, 3.0: 1}
    assert repeats(scan[Hashes((name,))]) == 0
