"""What a Parquet file tells without a look at its rows: never another answer than the rows themselves give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgate import DataError, Finding
from mlgate.tabular import Columns, Table
from mlgate_data.engine.counts import Missing, Tally
from mlgate_data.engine.data import data_of
from mlgate_data.engine.facts import Fact
from mlgate_data.engine.footers import footer_of
from mlgate_data.engine.numbers import Extremes
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.check import schema_check

ROWS = 40_000


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Numbers with gaps, coded text, text of many values, and text that is coded in one part of the file alone."""
    draw = np.random.default_rng(5)
    many = [f"value {place}" for place in range(ROWS)]
    return pl.DataFrame(
        {
            "whole": draw.integers(-50, 50, ROWS),
            "small": pl.Series(draw.integers(0, 9, ROWS), dtype=pl.UInt8),
            "real": np.where(draw.random(ROWS) < 0.1, np.nan, draw.normal(size=ROWS)),
            "few": draw.choice(["Rome", "Oslo", "Bern", "größer"], ROWS),
            "many": many,
            "both": [*draw.choice(["x", "y"], ROWS // 2), *many[ROWS // 2 :]],
            "day": pl.date_range(pl.date(2020, 1, 1), pl.date(2129, 7, 7), "1d", eager=True)[:ROWS],
        }
    ).with_columns(
        few=pl.when(pl.col("whole") % 10 == 3).then(None).otherwise("few"),
        whole=pl.when(pl.col("whole") == 7).then(None).otherwise("whole"),
    )


@pytest.fixture(scope="module", params=["polars", "pyarrow", "pyarrow without statistics", "two files"])
def scanned(request: pytest.FixtureRequest, frame: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """The same rows as several writers write them."""
    folder = tmp_path_factory.mktemp("parquet")
    arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    if request.param == "polars":
        frame.write_parquet(folder / "rows.parquet", row_group_size=7_000)
    elif request.param == "two files":
        pq.write_table(arrow.slice(0, 11_111), folder / "a.parquet", row_group_size=3_000)
        pq.write_table(arrow.slice(11_111), folder / "b.parquet")
        return Table.scan(str(folder / "*.parquet"))
    else:
        stated = request.param == "pyarrow"
        pq.write_table(arrow, folder / "rows.parquet", row_group_size=9_000, write_statistics=stated)
    return Table.scan(str(folder / "rows.parquet"))


def test_facts_are_those_of_the_rows(scanned: Table, frame: pl.DataFrame) -> None:
    """Missing values, ends and counts from footers and codes equal those of the frame."""
    plain, scan = Scan(Table.of(frame), "test"), Scan(scanned, "test")
    facts: list[Fact[Any]] = [
        *(Missing(name) for name in frame.columns),
        *(Extremes(name) for name in frame.columns),
        *(Tally(name) for name in ("few", "both", "small")),
        Tally("many", 50),
    ]
    scan.gather(facts)
    for fact in facts[:-1]:
        assert scan[fact] == plain[fact], fact
    assert not scan[facts[-1]].complete


RULES: Mapping[str, Mapping[str, Any]] = {
    "whole": {"nullable": False, "min": -50, "max": 48},
    "small": {"min": 0, "max": 8, "nullable": False, "above": 0},
    "real": {"nullable": False, "min": -2},
    "few": {"nullable": False, "allowed": ["Rome", "Oslo"], "max_length": 5, "unique": True},
    "many": {"regex": "value [0-8]", "nullable": False},
    "both": {"not_regex": "^x$", "contains": ["y", "z"]},
    "day": {"min": "2021-01-01", "nullable": False},
}


def _told(table: Table, **options: Any) -> list[Finding]:
    return list(schema_check(data_of(Columns(), table, None), **options).findings)


def test_findings_are_those_of_the_rows(scanned: Table, frame: pl.DataFrame) -> None:
    """The same sentences, counts and failing rows, whether a rule was settled, coded or read."""
    for rules in (dict(RULES), *({name: rules} for name, rules in RULES.items())):
        assert _told(scanned, columns=rules) == _told(Table.of(frame), columns=rules)


def _destroyed(path: Path, column: int) -> Table:
    """The file with one column's pages overwritten: nobody can read them any more."""
    table = Table.scan(str(path))
    chunk = pq.ParquetFile(path).metadata.row_group(0).column(column)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(content)
    return table


def test_what_the_footer_settles_is_not_read(tmp_path: Path) -> None:
    """A range and a column without gaps are told although the column itself can't be read."""
    pl.DataFrame({"id": range(5_000), "other": range(5_000)}).write_parquet(tmp_path / "rows.parquet")
    table = _destroyed(tmp_path / "rows.parquet", 0)
    assert _told(table, columns={"id": {"nullable": False, "min": 0, "max": 4_999}}) == []
    with pytest.raises(DataError):
        Scan(table, "test").gather([Tally("id")])


def test_a_range_that_the_footer_does_not_settle_is_read(tmp_path: Path) -> None:
    """So that the failing rows are counted and shown."""
    pl.DataFrame({"id": range(5_000)}).write_parquet(tmp_path / "rows.parquet")
    [finding] = _told(Table.scan(str(tmp_path / "rows.parquet")), columns={"id": {"max": 4_989}})
    rows: Any = finding.data["rows"]
    assert finding.data["count"] == 10
    assert rows[0] == {"row": 4_990, "id": 4_990}


def test_a_footer_tells_which_text_is_coded(tmp_path: Path) -> None:
    """Few distinct texts are, many are not, though a writer may begin with codes for both."""
    texts = pa.table({"few": ["Rome", "Oslo"] * 20_000, "many": [f"value {place}" for place in range(40_000)]})
    pq.write_table(texts, tmp_path / "rows.parquet")
    footer = footer_of(Table.scan(str(tmp_path / "rows.parquet")))
    assert footer is not None
    assert {name: known.coded for name, known in footer.columns.items()} == {"few": True, "many": False}


def test_only_scanned_parquet_has_a_footer(tmp_path: Path) -> None:
    """A frame that names a file is a frame: it may have been changed since it was read."""
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "rows.parquet")
    pl.DataFrame({"a": [1]}).write_csv(tmp_path / "rows.csv")
    assert footer_of(Table.of(pl.DataFrame({"a": [2]}), uri=str(tmp_path / "rows.parquet"))) is None
    assert footer_of(Table.scan(str(tmp_path / "rows.csv"))) is None
