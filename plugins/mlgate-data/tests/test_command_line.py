"""`mlgate run` on bad data: the exit code, and the whole sentence that is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from mlgate.cli import run_command

FRAME = pl.DataFrame({"age": [15 + place % 60 for place in range(300)], "city": ["Rome", "Oslo", "rome"] * 100})
OWN = """
import pandera.polars as pa
import polars as pl


class Person(pa.DataFrameModel):
    age: int

    @pa.check("age")
    def is_even(cls, data):
        return data.lazyframe.select(pl.col("age") % 2 == 0)
"""
NAMES = ('a"b', "c.d e", "größe", "日本")
Spoil = Callable[[], object]


def _renamed(name: str) -> None:
    FRAME.rename({"age": name}).write_parquet("test.parquet")


CASES: Mapping[str, tuple[Spoil, str, int, str]] = {
    "a file that is not what its name says": (
        lambda: Path("test.parquet").write_text("age,city\n1,2\n"),
        "age = { min = 18 }",
        3,
        "data.schema: test.parquet is named as Parquet and is not a Parquet file. "
        "It begins with b'age,': name it by what it holds.",
    ),
    "no rows": (
        lambda: FRAME.head(0).write_parquet("test.parquet"),
        "age = { min = 18 }",
        3,
        "data.schema: test.parquet has no rows. A gate can't decide on an empty table.",
    ),
    "a schema that names a missing column": (
        lambda: FRAME.write_parquet("test.parquet"),
        "agee = { min = 18 }",
        1,
        "data.schema: 1 finding: The test table lacks a column that the schema names: 'agee' (nearest: 'age')",
    ),
    "one row": (
        lambda: FRAME.head(1).write_parquet("test.parquet"),
        "age = { min = 18 }",
        1,
        "data.schema: 1 finding: 'age' of the test table: 1 of 1 rows (100%) is below 18",
    ),
    "no value at all": (
        lambda: FRAME.with_columns(age=pl.lit(None, pl.Int64)).write_parquet("test.parquet"),
        "age = { min = 18, nullable = false, mean = [1, 2] }",
        1,
        "data.schema: 2 findings: 'age' of the test table: 300 of 300 rows (100%) are missing, and 1 more",
    ),
    "a column of nested type": (
        lambda: FRAME.with_columns(age=pl.concat_list("age", "age")).write_parquet("test.parquet"),
        "age = { min = 18 }",
        1,
        "data.schema: 1 finding: 'age' of the test table: the rule min could not be held against it: "
        "column 'age' holds List(Int64), which can't be compared with 18",
    ),
    "a very long text": (
        lambda: FRAME.with_columns(city=pl.lit("x" * 100_000)).write_parquet("test.parquet"),
        "city = { max_length = 9 }",
        1,
        "data.schema: 1 finding: 'city' of the test table: 300 of 300 rows (100%) are longer than 9 characters",
    ),
    **{
        f"a column called {name}": (
            partial(_renamed, name),
            f"'{name}' = {{ max = 73 }}",
            1,
            f"data.schema: 1 finding: {name!r} of the test table: 5 of 300 rows (1.67%) are above 73",
        )
        for name in NAMES
    },
}


def _run(capsys: pytest.CaptureFixture[str], schema: str) -> tuple[int, list[str]]:
    Path("mlgate.toml").write_text(f'version = 1\n[data]\ntest = "test.parquet"\n{schema}\n', encoding="utf-8")
    code = run_command(["run", "--checks", "data.schema"])
    told = capsys.readouterr()
    return code, [line.strip().replace(f"{Path.cwd()}/", "") for line in (told.out + told.err).splitlines()]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")


@pytest.mark.parametrize("case", CASES)
def test_bad_data_is_told(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Broken rules deny (1); what can't be read is an error (3)."""
    spoil, rule, exit_code, said = CASES[case]
    spoil()
    code, lines = _run(capsys, f'[checks."data.schema".columns]\n{rule}')
    assert said in lines
    assert code == exit_code


def test_a_pandera_schema_that_cannot_run_lazily_errs(capsys: pytest.CaptureFixture[str]) -> None:
    """It names the check and the way out, and runs on a sample where one is asked for."""
    FRAME.write_parquet("test.parquet")
    Path("schemas.py").write_text(OWN, encoding="utf-8")
    stated = '[checks."data.schema"]\nschema = "schemas.py:Person"\n'
    code, lines = _run(capsys, stated)
    assert code == 3
    assert (
        "data.schema: schemas.py:Person has checks that can't run on a stream of rows: is_even of 'age'. "
        "Set `sample = 100000` to let pandera run them on so many rows in memory."
    ) in lines
    code, lines = _run(capsys, stated + "sample = 300")
    assert code == 1
    told = "data.schema: 1 finding: The test table breaks your check is_even of 'age' in 150 rows looked at"
    assert told in lines
