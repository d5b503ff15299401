"""A row that can't be read is named by file and line, with what was expected and the way out: the whole sentence."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from mlgate.errors import DataError
from mlgate.tabular import Table

BEYOND = 100_050
"""Types are told from the first 100,000 rows."""


def csv(**changed: str) -> bytes:
    """Ten rows; `row7` is on line 9, after the header and rows 0 to 6."""
    rows = [changed.get(f"row{n}", f"{n},{n / 2},s{n}") for n in range(10)]
    return "\n".join(["n,x,s", *rows, ""]).encode()


def jsonl(**changed: str) -> bytes:
    """Ten rows; `row7` is on line 8."""
    return "\n".join(changed.get(f"row{n}", f'{{"n": {n}, "s": "s{n}"}}') for n in range(10)).encode()


def far_down(head: str, row: str, bad: str) -> bytes:
    """More rows than types are told from, and then a bad one."""
    return (head + row * BEYOND + bad).encode()


BAD: dict[str, tuple[str, bytes, str]] = {
    "more fields than names": (
        "t.csv",
        csv(row7="7,3.5,Main Street 7, Springfield"),
        "t.csv:9 can't be read: the row has 4 fields, and the header names 3. "
        "Quote fields that hold the separator, or mend the row.",
    ),
    "after a field over two lines": (
        "t.csv",
        csv(row3='3,1.5,"two\nlines"', row7="7,3.5,s,s"),
        "t.csv:10 can't be read: the row has 4 fields, and the header names 3. "
        "Quote fields that hold the separator, or mend the row.",
    ),
    "tabs": (
        "t.tsv",
        b"n\ts\n1\ta, b\n2\tb\tc\n",
        "t.tsv:3 can't be read: the row has 3 fields, and the header names 2. "
        "Quote fields that hold the separator, or mend the row.",
    ),
    "fewer fields than names": (
        "t.csv",
        csv(row7="7,3.5"),
        "t.csv:9 can't be read: the row has 2 fields, and the header names 3. "
        "Write a separator for each missing value, or take the line out.",
    ),
    "fewer fields, after a field over two lines": (
        "t.csv",
        csv(row3='3,1.5,"two\nlines"', row7="7"),
        "t.csv:10 can't be read: the row has 1 field, and the header names 3. "
        "Write a separator for each missing value, or take the line out.",
    ),
    "an empty line": (
        "t.csv",
        csv(row7=""),
        "t.csv:9 can't be read: the row is empty, and the header names 3. "
        "Write a separator for each missing value, or take the line out.",
    ),
    "a quote that is never closed": (
        "t.csv",
        csv(row7='7,3.5,"s7'),
        "t.csv:9 can't be read: a quote opens here and is never closed. "
        "Close the quote, and double every quote inside of a quoted field.",
    ),
    "text among whole numbers, far down": (
        "t.csv",
        far_down("n,s\n", "1,a\n", "high,b\n"),
        f"t.csv:{BEYOND + 2} can't be read: column 'n' holds 'high', and a whole number was expected. "
        "Every row above holds one: mend the value, or write the whole column as text.",
    ),
    "a fraction among whole numbers, far down": (
        "t.csv",
        far_down("n,s\n", "1,a\n", "1.5,b\n"),
        f"t.csv:{BEYOND + 2} can't be read: column 'n' holds '1.5', and a whole number was expected. "
        "Every row above holds one: mend the value, or write the whole column as text.",
    ),
    "CSV in Latin-1": (
        "t.csv",
        csv(row7="7,3.5,Zürich").decode().encode("latin-1"),
        "t.csv:9 can't be read: the byte 0xFC is not UTF-8. Write the file again as UTF-8.",
    ),
    "an empty file": (
        "t.csv",
        b"",
        "t.csv can't be read: it is empty. A table has a header and at least one row.",
    ),
    "a gzip file that was cut off": (
        "t.csv",
        gzip.compress(far_down("n,s\n", "1,a\n", ""), mtime=0)[:-20],
        "t.csv can't be read: it is a compressed file that was cut off. Write or copy it again.",
    ),
    "half a JSON object": (
        "t.jsonl",
        jsonl(row7='{"n": 7, "s":'),
        "t.jsonl:8 can't be read: it is not JSON from character 14 on. "
        "Each line holds one whole JSON object: mend the line.",
    ),
    "a JSON list among objects": (
        "t.jsonl",
        jsonl(row7="[7]"),
        "t.jsonl:8 can't be read: it holds a list, and an object was expected. "
        "Each line holds one row, as an object of column names and values.",
    ),
    "one JSON document": (
        "t.json",
        b'[{"n": 1}, {"n": 2}]',
        "t.json is one JSON array. Write JSON lines: one object in each line.",
    ),
    "text among whole numbers of JSON, far down": (
        "t.jsonl",
        far_down("", '{"s": "high", "n": 1}\n', '{"s": "a", "n": "high"}\n'),
        f"t.jsonl:{BEYOND + 1} can't be read: column 'n' holds 'high', and a whole number was expected. "
        "Every row above holds one: mend the value, or write the whole column as text.",
    ),
    "JSON lines in Latin-1": (
        "t.jsonl",
        jsonl(row7='{"n": 7, "s": "Zürich"}').decode().encode("latin-1"),
        "t.jsonl:8 can't be read: the byte 0xFC is not UTF-8. Write the file again as UTF-8.",
    ),
}


@pytest.mark.parametrize(("name", "content", "told"), BAD.values(), ids=BAD)
def test_a_bad_row_of_a_text_file_is_named(
    name: str, content: bytes, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the file and the line that an editor opens."""
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    with pytest.raises(DataError) as raised:
        _read(name)
    assert str(raised.value) == told


def test_the_file_of_a_glob_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The good ones before it are not blamed."""
    monkeypatch.chdir(tmp_path)
    Path("part-1.csv").write_bytes(csv())
    Path("part-2.csv").write_bytes(csv(row2="2,1.0,s,s,s"))
    with pytest.raises(
        DataError, match=r"^part-2\.csv:4 can't be read: the row has 5 fields, and the header names 3\."
    ):
        _read("part-*.csv")


NUM_ROWS = bytes([0x16, 0xF0, 0x2E])
"""3,000 as Thrift's compact protocol writes it: a field of 64 bits, zigzag 6,000 in two bytes of seven."""
MORE_ROWS = bytes([0x16, 0xF2, 0x2E])


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _too_long(content: bytes) -> bytes:
    return content[:-8] + (10**6).to_bytes(4, "little") + b"PAR1"


def _too_short(content: bytes) -> bytes:
    return content[:-8] + (10).to_bytes(4, "little") + b"PAR1"


def _first_lies(content: bytes) -> bytes:
    place = content.index(NUM_ROWS, _footer(content))
    return content[:place] + MORE_ROWS + content[place + 3 :]


def _group_lies(content: bytes) -> bytes:
    place = content.rindex(NUM_ROWS)
    return content[:place] + MORE_ROWS + content[place + 3 :]


def _all_lie(content: bytes) -> bytes:
    return _first_lies(_group_lies(content))


def _footer(content: bytes) -> int:
    return len(content) - 8 - int.from_bytes(content[-8:-4], "little")


DAMAGED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (_cut, "t.parquet is a Parquet file that was cut off. Write or copy it again."),
    "a footer longer than the file": (
        _too_long,
        "t.parquet can't be read: its Parquet footer is damaged. Write or copy it again.",
    ),
    "a footer that begins elsewhere": (
        _too_short,
        "t.parquet can't be read: its Parquet footer is damaged. Write or copy it again.",
    ),
    "more rows than its groups": (
        _first_lies,
        "t.parquet can't be read: its footer speaks of 3,001 rows, and its row groups of 3,000. "
        "Write or copy it again.",
    ),
    "a group of more rows than the file": (
        _group_lies,
        "t.parquet can't be read: its footer speaks of 3,000 rows, and its row groups of 3,001. "
        "Write or copy it again.",
    ),
    "more rows than its pages": (
        _all_lie,
        "t.parquet can't be read: its Parquet pages are damaged. Write or copy it again.",
    ),
}


@pytest.mark.parametrize(("damage", "told"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_parquet_file_is_told(
    damage: Callable[[bytes], bytes], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A footer that lies is believed by nobody: rows that are counted and never read would be measured as read."""
    monkeypatch.chdir(tmp_path)
    pl.DataFrame({"n": range(3000)}).write_parquet("t.parquet")
    Path("t.parquet").write_bytes(damage(Path("t.parquet").read_bytes()))
    with pytest.raises(DataError) as raised:
        _read("t.parquet")
    assert str(raised.value) == told


def test_missing_values_and_empty_lines_of_one_column_are_no_short_rows(tmp_path: Path) -> None:
    """A separator for each missing value is all that a row needs; one column needs none."""
    (tmp_path / "whole.csv").write_bytes(csv(row7="7,,").replace(b"\n", b"\r\n"))
    (tmp_path / "one.csv").write_bytes(b"n\n1\n\n3\n")
    assert Table.scan(str(tmp_path / "whole.csv")).collect()["s"].null_count() == 1
    assert Table.scan(str(tmp_path / "one.csv")).collect()["n"].to_list() == [1, None, 3]


def _read(uri: str) -> None:
    Table.scan(uri).collect()
