"""CSV that parses by its RFC, holds every number, and starts no formula."""

from __future__ import annotations

import csv
import io
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.reports.spreadsheet import COLUMNS, CsvReporter, _cell
from mlgate.reports.terminal import harmless
from mlgate.results import Record
from mlgate.testing.hostile import hostile_record
from mlgate.testing.records import sample_record

# A record and a field by the grammar of RFC 4180, section 2.
FIELD = r'(?:"(?:[^"]|"")*"|[^",\r\n]*)'
FILE = re.compile(rf"(?:{FIELD}(?:,{FIELD})*\r\n)+")


@pytest.mark.parametrize("record", [sample_record(), hostile_record()], ids=["sample", "hostile"])
def test_every_report_follows_the_grammar(record: Record) -> None:
    """Lines end with CR and LF, quotes are doubled, and every line has a cell for every column."""
    text = CsvReporter().render(record)
    assert FILE.fullmatch(text)
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert tuple(lines[0]) == COLUMNS
    assert {len(line) for line in lines} == {len(COLUMNS)}


def test_polars_reads_the_numbers_of_every_check_part_and_slice() -> None:
    """With all their digits; a check without a number has an empty cell."""
    frame = pl.read_csv(io.BytesIO(CsvReporter().render(sample_record()).encode()))
    assert sorted(frame["kind"].value_counts().rows(), key=lambda row: (-row[1], row[0])) == [
        ("check", 10),
        ("slice", 2),
        ("trust", 2),
        ("part", 1),
    ]
    auc = frame.row(by_predicate=(pl.col("check") == "performance.roc_auc") & (pl.col("kind") == "check"), named=True)
    assert (auc["value"], auc["champion"], auc["difference"], auc["standing"]) == (0.741, 0.772, -0.031, "failed")
    assert (auc["low"], auc["high"]) == pytest.approx((0.67647, 0.79653), abs=1e-5)
    assert frame.filter(pl.col("check") == "performance.mae")["value"].to_list() == [None]


@given(
    st.text(max_size=40) | st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n@x", " =1", "\uff1d1"])
)
def test_no_text_begins_a_formula(text: str) -> None:
    """OWASP's list of first characters; whatever else it is, it reads as itself."""
    told = _cell(text)
    assert isinstance(told, str)
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert told.removeprefix("'") == harmless(text).removeprefix("'")
