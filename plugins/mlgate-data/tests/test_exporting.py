"""`--export-rows`: whole failing rows as Parquet, the same that pandas finds, sensitive columns masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mlgate.cli import cli
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of
from mlgate_data.schema.check import schema_check

DRAW = np.random.default_rng(2)
FRAME = pd.DataFrame(
    {
        "id": DRAW.integers(0, 300, 900),
        "age": DRAW.integers(0, 90, 900),
        "city": DRAW.choice(["Rome", "Oslo", "rome"], 900),
    }
)
BROKEN: Mapping[str, tuple[dict[str, Any], str, Callable[[pd.DataFrame], pd.Series[bool]]]] = {
    "a bound": ({"age": {"min": 18}}, "01-test-min-age.parquet", lambda frame: frame["age"] < 18),
    "a condition": (
        {"city": {"allowed": {"value": ["Rome", "Oslo"], "where": "age > 50"}}},
        "01-test-allowed-city-age.parquet",
        lambda frame: (frame["city"] == "rome") & (frame["age"] > 50),
    ),
    "repeats": (
        {"id": {"unique": True}},
        "01-test-unique-id.parquet",
        lambda frame: frame["id"].duplicated(keep=False),
    ),
    "an order": ({"age": {"order": "increasing"}}, "01-test-order-age.parquet", lambda frame: frame["age"].diff() < 0),
}


@pytest.mark.parametrize("case", BROKEN)
def test_all_failing_rows_are_written(case: str, tmp_path: Path) -> None:
    """Every row, whole, with its number in the table."""
    columns, name, broken = BROKEN[case]
    schema_check(data_of(Columns(), Table.of(FRAME), None, export=tmp_path), columns=columns)
    written = pd.read_parquet(tmp_path / "data.schema" / name)
    expected = FRAME[broken(FRAME)]
    assert len(expected) > 20
    assert written["row"].tolist() == expected.index.tolist()
    assert written.drop(columns="row").to_numpy().tolist() == expected.to_numpy().tolist()


def test_sensitive_columns_are_masked(tmp_path: Path) -> None:
    """A file of failing rows is shared as easily as a report."""
    data = data_of(Columns(sensitive=("city",)), Table.of(FRAME), None, export=tmp_path)
    schema_check(data, columns={"age": {"min": 18}})
    written = pd.read_parquet(tmp_path / "data.schema" / "01-test-min-age.parquet")
    assert set(written["city"]) == {"(sensitive)"}


def test_nothing_is_written_where_nothing_is_broken(tmp_path: Path) -> None:
    """No folder, no empty files; statistics have no failing rows."""
    data = data_of(Columns(), Table.of(FRAME), None, export=tmp_path)
    schema_check(data, columns={"age": {"min": 0, "mean": [900, 1_000]}})
    assert list(tmp_path.iterdir()) == []


def test_names_of_files_are_safe_whatever_columns_are_called(tmp_path: Path) -> None:
    """A column's name is no path."""
    frame = FRAME.rename(columns={"age": "../../a/ge"})
    schema_check(data_of(Columns(), Table.of(frame), None, export=tmp_path), columns={"../../a/ge": {"min": 18}})
    assert [path.name for path in (tmp_path / "data.schema").iterdir()] == ["01-test-min-_a_ge.parquet"]


def test_the_command_line_asks_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`mlgate run --export-rows DIR` with a schema in the gate file: denied, and the rows stand in DIR."""
    monkeypatch.chdir(tmp_path)
    FRAME.to_parquet("test.parquet")
    Path("mlgate.toml").write_text(
        'version = 1\n[data]\ntest = "test.parquet"\n[checks."data.schema".columns.age]\nmin = 18\n', encoding="utf-8"
    )
    done = CliRunner().invoke(cli, ["run", "--checks", "data.schema", "--export-rows", "failing"])
    assert "rows (" in done.output
    assert "are below 18" in done.output
    assert len(pd.read_parquet("failing/data.schema/01-test-min-age.parquet")) == (FRAME["age"] < 18).sum()
