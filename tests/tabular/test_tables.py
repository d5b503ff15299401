"""A table is the same rows whoever holds them, and says what is wrong with a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlgate.errors import DataError
from mlgate.tabular import Table

DATA = pl.DataFrame({"n": [1, 2, 3], "x": [0.5, None, 1.5], "s": ["a", "ü", "c"]})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    DATA.write_parquet(tmp_path / "t.parquet")
    DATA.write_csv(tmp_path / "t.csv")
    DATA.write_ndjson(tmp_path / "t.jsonl")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["t.parquet", "t.csv", "t.jsonl"])
def test_a_file_is_its_rows_and_its_digest_is_sha256(folder: Path, name: str) -> None:
    """The digest is what `sha256sum` prints, so that anybody can check it."""
    table = Table.scan(name)
    assert table.collect().equals(DATA)
    assert (table.rows, table.columns) == (3, ("n", "x", "s"))
    assert table.digest == f"sha256:{hashlib.sha256((folder / name).read_bytes()).hexdigest()}"


def test_a_glob_is_its_files_in_order(folder: Path) -> None:
    """Parts are read by name; another part is another digest."""
    DATA.head(1).write_parquet(folder / "part-1.parquet")
    DATA.tail(2).write_parquet(folder / "part-2.parquet")
    table = Table.scan("part-*.parquet")
    assert table.collect().equals(DATA)
    before = table.digest
    DATA.write_parquet(folder / "part-3.parquet")
    assert Table.scan("part-*.parquet").digest != before


@pytest.mark.parametrize(
    "frame",
    [DATA, DATA.lazy(), DATA.to_pandas(), DATA.to_arrow()],
    ids=["polars", "lazy polars", "pandas", "pyarrow"],
)
def test_a_frame_is_its_rows(frame: object) -> None:
    """Whoever made the frame; its digest is stable and follows its values."""
    table = Table.of(frame)
    assert table.rows == 3
    assert table.collect(["s", "n"]).rows() == [("a", 1), ("ü", 2), ("c", 3)]
    assert table.digest == Table.of(frame).digest
    assert table.digest != Table.of(DATA.with_columns(n=pl.Series([1, 2, 4]))).digest


def test_batches_are_the_rows_in_order(folder: Path) -> None:
    """No batch is larger than asked, and together they are the table."""
    batches = list(Table.scan("t.parquet").batches(["n"], 2))
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert pa.concat_tables(batches).column("n").to_pylist() == [1, 2, 3]


def test_a_column_that_is_not_there_is_told_with_the_nearest(folder: Path) -> None:
    """A typo costs one look."""
    with pytest.raises(DataError, match=r"t\.parquet has no column 'lable'\."):
        Table.scan("t.parquet").require("lable")
    with pytest.raises(DataError, match=r"has no column 'nn'\. Did you mean 'n'\?"):
        Table.of(DATA).collect(["nn"])


def test_a_pandas_index_is_no_column() -> None:
    """Rows picked out of a frame keep their order, and their labels are dropped."""
    frame = pd.DataFrame({"n": [1, 2, 3]}, index=[7, 9, 8]).iloc[[2, 0]]
    assert Table.of(frame).collect().rows() == [(3,), (1,)]
