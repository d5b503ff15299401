"""Mistakes in a schema: all at once, each with its place, what is taken there, and the nearest name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlgate import CheckError, NotApplicable
from mlgate.errors import GateFileError
from mlgate.gatefile import load
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of
from mlgate_data.plugin import checks
from mlgate_data.schema.check import schema_check
from mlgate_data.schema.reading import READERS, SETTINGS
from mlgate_data.schema.written import COLUMN


def polars_on(sql: str) -> str:
    """What polars says of SQL that it can't read; its words differ by version."""
    with pytest.raises(pl.exceptions.PolarsError) as refusal:
        pl.sql_expr(sql)
    return str(refusal.value).strip().partition("\n")[0]


TABLE = Table.of(pl.DataFrame({"age": [1], "name": ["a"]}))
HINT = " `mlgate explain data.schema` lists the rules of a column."

MISTAKES: Mapping[str, tuple[dict[str, Any], str]] = {
    "an unknown rule": (
        {"columns": {"age": {"nullabel": False}}},
        "columns.age.nullabel: there is no rule 'nullabel'. Did you mean nullable?",
    ),
    "no table": (
        {"columns": {"age": "int"}},
        "columns.age: the rules of a column are a table, as { type = \"int\" }, not 'int'.",
    ),
    "a type": ({"columns": {"age": {"type": "itn"}}}, "columns.age.type: there is no type 'itn'; did you mean int?"),
    "a bound": ({"columns": {"age": {"min": [1]}}}, "columns.age.min: min takes a number, a date or a text, not [1]."),
    "a flag": ({"columns": {"age": {"nullable": "no"}}}, "columns.age.nullable: it takes true or false, not 'no'."),
    "values": (
        {"columns": {"age": {"allowed": "a"}}},
        'columns.age.allowed: allowed takes a list, as ["a", "b"], not \'a\'.',
    ),
    "a pattern": (
        {"columns": {"name": {"regex": "(a"}}},
        "columns.name.regex: '(a' is not a pattern: unclosed group.",
    ),
    "look-around": (
        {"columns": {"name": {"regex": "a(?=b)"}}},
        "columns.name.regex: 'a(?=b)' is not a pattern: look-around, including look-ahead and look-behind, is not"
        " supported (look-around and back references are not supported).",
    ),
    "a length": (
        {"columns": {"name": {"max_length": 2.5}}},
        "columns.name.max_length: max_length takes a whole number, not 2.5.",
    ),
    "a format": (
        {"columns": {"name": {"date_format": "ISO"}}},
        "columns.name.date_format: date_format takes a format as \"%Y-%m-%d\", not 'ISO'.",
    ),
    "an order": (
        {"columns": {"age": {"order": "up"}}},
        "columns.age.order: order takes increasing, decreasing, strictly increasing or strictly decreasing, not 'up'.",
    ),
    "a band": (
        {"columns": {"age": {"mean": 3}}},
        "columns.age.mean: a band is two numbers, as [10, 20], or { min = 10 }, not 3.",
    ),
    "a share": (
        {"columns": {"age": {"quantiles": {"50": [1, 2]}}}},
        "columns.age.quantiles: '50' is no share from 0 to 1.",
    ),
    "a tolerance": (
        {"columns": {"age": {"min": 1, "mostly": 99}}},
        "columns.age.min: mostly is a share from 0 to 1, not 99.",
    ),
    "a condition": (
        {"columns": {"age": {"min": 1, "where": "name ="}}},
        f"columns.age.min: 'name =' is not a condition: {polars_on('name =')}. Write it as in SQL's WHERE, as"
        " country = 'DE' AND age >= 18.",
    ),
    "a row condition": (
        {"rows_hold": [3]},
        'rows_hold[0]: it takes an SQL condition, as "opened <= closed", not 3.',
    ),
    "a key": (
        {"unique_together": ["age"]},
        'unique_together[0]: it takes a list of columns, as ["customer", "day"], not \'age\'.',
    ),
    "a sum": (
        {"sums": [{"columns": ["age"]}]},
        'sums[0]: it takes { columns = ["a", "b"], equals = "total" }, not {\'columns\': [\'age\']}.',
    ),
    "rows": ({"rows": 5}, "rows: a band is two numbers, as [10, 20], or { min = 10 }, not 5."),
    "several": (
        {"columns": {"age": {"type": "itn", "mim": 3}}, "rows_hold": [3]},
        "columns.age.type: there is no type 'itn'; did you mean int?\n"
        "columns.age.mim: there is no rule 'mim'. Did you mean min?\n"
        'rows_hold[0]: it takes an SQL condition, as "opened <= closed", not 3.',
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told(mistake: str) -> None:
    """From Python, where no gate file was validated before."""
    options, said = MISTAKES[mistake]
    with pytest.raises(CheckError) as refusal:
        schema_check(data_of(Columns(), TABLE, None), **options)
    assert str(refusal.value) == said + HINT


def test_a_gate_files_mistakes_are_told_with_their_lines(tmp_path: Path) -> None:
    """The JSON schema of the gate file knows the rules of a column."""
    (tmp_path / "mlgate.toml").write_text(
        """version = 1
[checks."data.schema"]
rows_hold = ["a < b", { sql = "a < b", mostley = 0.9 }]
[checks."data.schema".columns.age]
type = "itn"
nullabel = false
max = { value = 120, mostly = 2 }
[checks."data.schema".columns."annual income"]
order = "up"
""",
        encoding="utf-8",
    )
    with pytest.raises(GateFileError) as refusal:
        load(tmp_path / "mlgate.toml", list(checks()))
    told = str(refusal.value).replace(f"{tmp_path}/", "").splitlines()
    assert [line.partition(": ")[0] for line in told] == [
        "mlgate.toml:3",
        *(f"mlgate.toml:{line}" for line in (5, 6, 7, 9)),
    ]
    assert 'mlgate.toml:6: [checks."data.schema"] columns age has no key nullabel. Did you mean nullable?' in told


def test_the_gate_files_schema_knows_every_rule() -> None:
    """Neither knows a rule that the other does not."""
    assert set(COLUMN["properties"]) == {*READERS, *SETTINGS}


def test_columns_that_are_not_there_are_told_once_with_the_nearest_names() -> None:
    """Those of conditions too, and optional ones not at all."""
    measured = schema_check(
        data_of(Columns(), TABLE, None),
        columns={"agee": {"min": 3, "nullable": False}, "gone": {"required": False, "min": 3}},
        rows_hold=["nam = 'a'"],
        unique_together=[["age", "nme"]],
    )
    assert [finding.message for finding in measured.findings] == [
        "The test table lacks a column that the schema names: 'agee' (nearest: 'age').",
        "'nam' of the test table: rows_hold names columns that are not there: 'nam' (nearest: 'name').",
        "'age' and 'nme' of the test table: unique_together names columns that are not there: 'nme' (nearest: 'name').",
    ]


def test_without_a_schema_there_is_nothing_to_hold() -> None:
    """The check is skipped, and says where a schema is written."""
    with pytest.raises(NotApplicable) as reason:
        schema_check(data_of(Columns(), TABLE, None))
    assert str(reason.value) == ('no schema is stated. State rules under [checks."data.schema".columns.NAME].')


def test_rules_hold_for_both_tables_unless_one_is_named() -> None:
    """Findings name the table that they are about."""
    data = data_of(Columns(), TABLE, Table.of(pl.DataFrame({"age": [9]})))
    rules: dict[str, Any] = {"columns": {"age": {"min": 5}}}
    assert [finding.data["table"] for finding in schema_check(data, **rules).findings] == ["test"]
    rules = {"columns": {"age": {"min": 10}}}
    assert [finding.data["table"] for finding in schema_check(data, **rules).findings] == ["train", "test"]
    assert [finding.data["table"] for finding in schema_check(data, **rules, tables=("train",)).findings] == ["train"]
