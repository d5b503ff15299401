"""Files and tables as they should not be: each is told with file, column and way out, or judged all the same."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlgate import DataError, NotApplicable
from mlgate.cli import run_command
from mlgate.errors import ExitCode
from mlgate.results import Outcome, Result
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import Data, data_of, run_planned
from mlgate_data.plugin import checks
from mlgate_data.schema.check import schema_check

Judge = Callable[..., Mapping[str, Result]]
RAGGED = (
    "{file}:LINE can't be read: the row has 3 fields, and the header names 2. "
    "Quote fields that hold the separator, or mend the row."
)
LATE = 200_000
MISSPELT = """\
version = 1
[data]
test = "test.csv"
entity = "custmer"
slices = [
  "region",
  ["regon", "age"],
]
"""

FILES: Mapping[str, tuple[str, bytes, str]] = {
    "not Parquet": (
        "rows.parquet",
        b"a,b\n1,2\n",
        "{file} is named as Parquet and is not a Parquet file. It begins with b'a,b\\n': name it by what it holds.",
    ),
    "cut off": (
        "rows.parquet",
        b"PAR1 and then nothing",
        "{file} is a Parquet file that was cut off. Write or copy it again.",
    ),
    "Parquet named as CSV": (
        "rows.csv",
        b"PAR1 and more",
        "{file} is named as CSV and is a Parquet file. Name it by what it holds, or convert it.",
    ),
    "a workbook named as CSV": (
        "rows.csv",
        b"PK\x03\x04\x14\x00",
        "{file} is named as CSV and is a zip archive, or a workbook of Excel. Name it by what it holds, or convert it.",
    ),
    "a login page": (
        "rows.csv",
        b"\n<!DOCTYPE html>\n<html>Please log in</html>",
        "{file} is named as CSV and is HTML or XML. Name it by what it holds, or convert it.",
    ),
    "UTF-16": (
        "rows.csv",
        "a,b\n1,2\n".encode("utf-16"),
        "{file} is named as CSV and is text in UTF-16. Name it by what it holds, or convert it.",
    ),
    "JSON lines named as CSV": (
        "rows.csv",
        b'{"a": 1, "b": 2}\n',
        "{file} is named as CSV and is JSON lines. Name it by what it holds, or convert it.",
    ),
    "CSV named as JSON": (
        "rows.jsonl",
        b"a,b\n1,2\n",
        "{file} is named as JSON and is not JSON. It begins with b'a,b\\n': name it by what it holds.",
    ),
    "a pointer of Git LFS": (
        "rows.csv",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "{file} is a pointer of Git LFS, and not the table."
        " `git lfs pull` fetches the file itself; in CI, check out with LFS.",
    ),
    "a JSON array": (
        "rows.json",
        b'[{"a": 1}, {"a": 2}]',
        "{file} is one JSON array. Write JSON lines: one object in each line.",
    ),
    "ragged": (
        "rows.csv",
        b"a,b\n1,2\n3,4,5\n",
        RAGGED.replace("LINE", "3"),
    ),
    "ragged late": (
        "rows.csv",
        b"a,b\n" + b"1,2\n" * LATE + b"3,4,5\n",
        RAGGED.replace("LINE", "200002"),
    ),
    "mixed encodings": (
        "rows.csv",
        b"a,b\n" + b"1,x\n" * LATE + "3,größe\n".encode("latin-1"),
        "{file}:200002 can't be read: the byte 0xF6 is not UTF-8. Write the file again as UTF-8.",
    ),
    "another type late": (
        "rows.csv",
        b"a,b\n" + b"1,x\n" * LATE + b"abc,x\n",
        "{file}:200002 can't be read: column 'a' holds 'abc', and a whole number was expected. Every row above holds"
        " one: mend the value, or write the whole column as text.",
    ),
    "semicolons": (
        "rows.csv",
        b"a;b;c\n1;2,5;x\n",
        "{file}:1 can't be read: the header is one name that holds 2 semicolons."
        " Write the file with commas, or as .tsv with tabs, or as Parquet.",
    ),
    "commas named as tabs": (
        "rows.tsv",
        b"a,b\n1,2\n",
        "{file}:1 can't be read: the header is one name that holds 1 comma."
        " Write the file with commas, or as .tsv with tabs, or as Parquet.",
    ),
    "zero rows": ("rows.csv", b"a,b\n", "{file} has no rows. A gate can't decide on an empty table."),
    "nothing at all": (
        "rows.csv",
        b"",
        "{file} can't be read: it is empty. A table has a header and at least one row.",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_told(case: str, tmp_path: Path) -> None:
    """By the check that reads it first, whichever columns it needs."""
    name, content, said = FILES[case]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as refusal:
        schema_check(data_of(Columns(), Table.scan(str(path)), None), columns={"a": {"min": 0}})
    assert str(refusal.value) == said.replace("{file}", str(path))


def test_one_column_of_texts_with_semicolons_is_read(tmp_path: Path) -> None:
    """Its name holds none, or another number of them: it is a column, and no row that was not told apart."""
    path = tmp_path / "rows.csv"
    path.write_text("notes\nfirst; second\n")
    assert Table.scan(str(path)).columns == ("notes",)


def test_a_table_without_end_is_not_listed_in_a_message() -> None:
    """Some of its names tell what is there."""
    table = Table.of(pl.DataFrame({f"c{place}": [1] for place in range(2_000)}), uri="wide")
    with pytest.raises(DataError) as refusal:
        table.require("zzz")
    assert str(refusal.value) == (
        "wide has no column 'zzz'. Its columns are c0, c1, c2, c3, c4, c5, c6, c7 and 1,992 more."
    )


def test_a_column_of_several_types_is_named() -> None:
    """A pandas column of objects may hold anything."""
    with pytest.raises(DataError) as refusal:
        Table.of(pd.DataFrame({"fine": [1, 2], "mixed": [1, "a"]}), uri="train")
    assert str(refusal.value) == (
        "train can't be read: column 'mixed' holds values of several types. "
        "Convert it to one type, as with astype(str)."
    )


def _plain() -> pl.DataFrame:
    return pl.DataFrame({"n": range(100), "t": [str(place % 3) for place in range(100)], "f": np.linspace(0, 1, 100)})


def _nested() -> pl.DataFrame:
    return _plain().with_columns(
        a_list=pl.Series([[1, 2]] * 100),
        an_array=pl.Series([[1, 2]] * 100, dtype=pl.Array(pl.Int64, 2)),
        a_struct=pl.struct("n", "t"),
        bytes=pl.lit(b"x"),
        decimal=pl.col("n").cast(pl.Decimal(10, 2)),
        duration=pl.duration(seconds="n"),
        category=pl.col("t").cast(pl.Categorical),
    )


def _nothing() -> pl.DataFrame:
    return _plain().select(pl.lit(None).cast(dtype).alias(name) for name, dtype in _plain().schema.items())


TABLES: Mapping[str, tuple[pl.DataFrame, pl.DataFrame]] = {
    "one row": (_plain(), _plain().head(1)),
    "one row each": (_plain().head(1), _plain().head(1)),
    "nested": (_nested(), _nested()),
    "no value at all": (_nothing(), _nothing()),
    "columns of no type": (_plain().select(n=None, t=None), _plain().select(n=None, t=None)),
    "no column in common": (_plain(), _plain().select(pl.all().name.prefix("other "))),
    "odd names": (
        _plain().rename({"n": 'a"b', "t": "c.d e", "f": "größe"}).with_columns(**{"": 1, "*": 2, "^x$": 3}),
        _plain().rename({"n": 'a"b', "t": "c.d e", "f": "größe"}).with_columns(**{"": 1, "*": 2, "^x$": 3}),
    ),
    "very long texts": (
        pl.DataFrame({"long": ["x" * 500_000 + str(place) for place in range(60)]}),
        pl.DataFrame({"long": ["x" * 500_000 + str(place) for place in range(60)]}),
    ),
    "infinite": (
        pl.DataFrame({"x": [1.0, float("inf"), float("-inf"), float("nan"), None] * 20}),
        pl.DataFrame({"x": [1.0, float("inf"), float("-inf"), float("nan"), None] * 20}),
    ),
    "the largest numbers": (
        pl.DataFrame({"u": pl.Series([2**64 - 1, 5, 6] * 20, dtype=pl.UInt64), "i": [-(2**63), 2**63 - 1, 0] * 20}),
        pl.DataFrame({"u": pl.Series([2**64 - 1, 5, 6] * 20, dtype=pl.UInt64), "i": [-(2**63), 2**63 - 1, 0] * 20}),
    ),
}


@pytest.mark.parametrize("case", TABLES)
def test_an_odd_table_is_judged(case: str, judge: Judge) -> None:
    """No check crashes; what is not there to compare is skipped, and equal tables pass, but for being equal."""
    train, test = TABLES[case]
    results = judge(train, test, Columns(label=test.columns[-1]))
    assert {id: result.reason for id, result in results.items() if result.outcome is Outcome.ERRORED} == {}
    failed = {id for id, result in results.items() if result.outcome is Outcome.FAILED}
    failed -= {"data.feature_leakage", "data.train_test_overlap"}
    assert failed == ({"data.types"} if case == "no column in common" else set())


def test_columns_that_vanished_are_named(judge: Judge) -> None:
    """Every column that train has and test lacks."""
    train, test = TABLES["no column in common"]
    findings = judge(train, test)["data.types"].run.measurement
    assert findings is not None
    assert [finding.message for finding in findings.findings] == [
        f"The test table has no column {name!r}, which train has." for name in ("n", "t", "f")
    ]


@pytest.mark.parametrize("name", ['a"b', "c.d e", "größe", "", "*", "^x$"])
def test_a_rule_speaks_of_odd_names(name: str) -> None:
    """A schema's column is a name and no pattern."""
    table = Table.of(TABLES["odd names"][0].with_columns(pl.lit(None).alias(name)))
    [finding] = schema_check(data_of(Columns(), table, None), columns={name: {"nullable": False}}).findings
    assert finding.message == f"{name!r} of the test table: 100 of 100 rows (100%) are missing."


def test_a_condition_quotes_odd_names() -> None:
    """As SQL does."""
    table = Table.of(TABLES["odd names"][0])
    measured = schema_check(data_of(Columns(), table, None), rows_hold=['"a""b" < 50', '"c.d e" IS NOT NULL'])
    [finding] = measured.findings
    assert finding.data["count"] == 50


def test_long_values_are_cut_in_findings() -> None:
    """A report of failing rows stays readable."""
    table = Table.of(TABLES["very long texts"][0])
    [finding] = schema_check(data_of(Columns(), table, None), columns={"long": {"max_length": 9}}).findings
    rows: Any = finding.data["rows"]
    assert rows[0]["long"] == "x" * 200 + "... (500,001 characters)"
    assert len(rows) == 20


def _wide(columns: int) -> Data:
    draw = np.random.default_rng(0)
    frame = pl.DataFrame(draw.normal(size=(400, columns)), schema=[f"c{place}" for place in range(columns)])
    frame = frame.with_columns(y=pl.Series(draw.integers(0, 2, 400)))
    return data_of(Columns(label="y"), Table.of(frame.head(200)), Table.of(frame.tail(200)))


@pytest.mark.slow
def test_five_thousand_columns_are_judged() -> None:
    """Every check runs, the schema's too, and each table is still read once."""
    data = _wide(5_000)
    known = {check.id: check for check in checks()}
    planned: dict[str, dict[str, object]] = {
        id: {option.name: option.default for option in check.options} for id, check in known.items()
    }
    planned["data.schema"]["columns"] = {f"c{place}": {"nullable": False, "min": -9} for place in range(5_000)}
    run_planned(data, known, planned)
    assert data.test is not None
    assert data.train is not None
    assert (data.train.passes, data.test.passes) == (1, 1)
    for ended in data.ended.values():
        assert ended.measurement is not None or isinstance(ended.error, NotApplicable)
    assert schema_check(data, **planned["data.schema"]).findings == ()


def test_a_quoted_name_is_the_same_in_csv_and_parquet(tmp_path: Path) -> None:
    """A header's doubled quotes are one quote (RFC 4180)."""
    frame = pl.DataFrame({'a "b".c': range(100), "y": [0, 1] * 50})
    frame.write_csv(tmp_path / "test.csv")
    table = Table.scan(str(tmp_path / "test.csv"))
    assert list(table.schema) == ['a "b".c', "y"]
    assert table.collect(['a "b".c'])['a "b".c'].to_list() == list(range(100))


def test_one_row_is_not_stuck(judge: Judge) -> None:
    """A value that train does not have says nothing in a table of one row; in every one of fifty rows it does."""
    train = pl.DataFrame({"x": np.random.default_rng(0).normal(size=9_000), "y": [0, 1] * 4_500})
    for rows, outcome in ((1, Outcome.PASSED), (50, Outcome.FAILED)):
        test = pl.DataFrame({"x": [0.5] * rows, "y": ([0, 1] * 25)[:rows]})
        assert judge(train, test)["data.constant"].outcome is outcome


@pytest.mark.parametrize(
    "id",
    [
        "data.label_imbalance",
        "data.label_drift",
        "data.conflicting_labels",
        "data.feature_leakage",
        "data.identifier_leakage",
        "data.missing_pattern_leakage",
    ],
)
def test_a_misspelt_label_leaves_no_check_out(id: str, judge: Judge) -> None:
    """It was named: a check that needs it must not be skipped as if it was not."""
    frame = pl.DataFrame({"late": [0, 1] * 100, "x": range(200)})
    result = judge(frame, frame.with_columns(x=pl.col("x") + 0.5), Columns(label="lat"))[id]
    assert result.outcome is Outcome.ERRORED
    assert result.reason == "memory:frame has no column 'lat'. Did you mean 'late'?"


@pytest.mark.parametrize("id", ["data.drift", "data.label_drift"])
def test_a_misspelt_weight_is_told_with_table_and_name(id: str, judge: Judge) -> None:
    """Not in the words of the engine that looked for it."""
    frame = pl.DataFrame({"late": [0, 1] * 100, "x": range(200), "exposure": [1.0] * 200})
    result = judge(frame, frame, Columns(label="late", weight="exposur"))[id]
    assert result.reason == "memory:frame has no column 'exposur'. Did you mean 'exposure'?"


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (
            (),
            [
                ("`entity` names 'custmer' (nearest: 'customer'), which is no column of test.csv.", 4),
                ("`slices` names 'regon' (nearest: 'region'), which is no column of test.csv.", 7),
            ],
        ),
        (
            ("--slice", "aeg", "--entity", "customer"),
            [("`slices` names 'aeg' (nearest: 'age'), which is no column of test.csv.", None)],
        ),
    ],
)
def test_a_column_that_is_misspelt_in_its_role_denies_and_is_told_with_its_line(
    options: tuple[str, ...],
    messages: list[tuple[str, int | None]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of the command line there is no line to name. What was measured beside it stands in the record."""
    pl.DataFrame({"customer": [1, 2], "region": ["a", "b"], "age": [3, 4]}).write_csv(tmp_path / "test.csv")
    (tmp_path / "mlgate.toml").write_text(MISSPELT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run_command(["run", "--checks", "data.roles,data.volume", *options]) == ExitCode.DENIED
    assert "data.roles: " in capsys.readouterr().out
    (record,) = tmp_path.glob(".mlgate/runs/*/record.json")
    results = {result["check"]: result for result in json.loads(record.read_bytes())["results"]}
    findings = results["data.roles"]["findings"]
    told = [(each["message"].replace(f"{tmp_path}/", ""), (each["location"] or {}).get("line")) for each in findings]
    assert told == messages
    assert results["data.volume"]["outcome"] == "passed"


@pytest.mark.parametrize(("ending", "separator"), [(".csv.gz", ","), (".tsv.gz", "\t"), (".CSV.GZ", ",")])
def test_compressed_csv_is_read_by_its_whole_name(ending: str, separator: str, tmp_path: Path) -> None:
    """pandas writes it for a name like this."""
    path = tmp_path / f"rows{ending}"
    path.write_bytes(gzip.compress(f"a{separator}b\n1{separator}x\n".encode()))
    assert Table.scan(str(path)).collect().to_dict(as_series=False) == {"a": [1], "b": ["x"]}
    other = tmp_path / "rows.parquet.gz"
    other.write_bytes(gzip.compress(b"PAR1"))
    with pytest.raises(
        DataError, match=r"rows.parquet.gz is compressed as a whole, which is read of CSV alone\. Unpack"
    ):
        Table.scan(str(other))


def test_an_index_that_pandas_wrote_into_one_table_is_told_by_its_name(judge: Judge) -> None:
    """It is no feature that got lost."""
    train = pl.DataFrame({"a": [1.0, 2.0], "__index_level_0__": [7, 8]})
    measurement = judge(train, train.drop("__index_level_0__"))["data.types"].run.measurement
    assert measurement is not None
    (finding,) = measurement.findings
    assert finding.message.endswith("It is pandas' index: write both with to_parquet(index=False).")
