"""Frames of other libraries: the same rows give the same results, whoever holds them."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest

from mlgate import DataError, Measurement
from mlgate.gate import GateRequest, run_gate
from mlgate.results import Outcome
from mlgate.tabular import Columns, Table
from mlgate.tabular.frames import RelationSource
from mlgate_data.engine.data import data_of, run_planned
from mlgate_data.plugin import checks
from mlgate_data.schema.check import schema_check

Real = Mapping[str, pl.DataFrame]
Split = Callable[[pl.DataFrame, int], tuple[pl.DataFrame, pl.DataFrame]]
FORMS: Mapping[str, Callable[[pl.DataFrame], object]] = {
    "pandas": lambda frame: frame.to_pandas(),
    "polars, lazy": lambda frame: frame.lazy(),
    "pyarrow": lambda frame: frame.to_arrow(),
    "DuckDB": lambda frame: duckdb.connect().from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest())),
    "narwhals": nw.from_native,
}
RULES: Mapping[str, Any] = {
    "species": {"allowed": ["Adelie", "Gentoo"], "nullable": False},
    "body_mass_g": {"max": {"value": 5_000, "where": "species = 'Gentoo'"}, "mean": [0, 1], "order": "increasing"},
    "island": {"unique": True},
}


def _measured(train: object, test: object) -> Mapping[str, Measurement | str]:
    data = data_of(Columns(label="species"), Table.of(test), Table.of(train))
    known = {check.id: check for check in checks() if not any(option.required for option in check.options)}
    planned: dict[str, dict[str, Any]] = {
        id: {option.name: option.default for option in check.options} for id, check in known.items()
    }
    planned["data.schema"]["columns"] = RULES
    run_planned(data, known, planned)
    return {key.split()[0]: ended.measurement or str(ended.error) for key, ended in data.ended.items()}


@pytest.mark.parametrize("form", FORMS)
def test_results_are_those_of_polars(form: str, real: Real, split: Split) -> None:
    """Every data check, findings with their rows included."""
    train, test = split(real["penguins"], 1)
    spoilt = test.with_columns(pl.col("body_mass_g") * 10)
    there, here = (_measured(train, spoilt), _measured(FORMS[form](train), FORMS[form](spoilt)))
    assert {id for id in there if there[id] != here[id]} == set()
    schema = here["data.schema"]
    assert isinstance(schema, Measurement)
    assert len(schema.findings) == 10


def test_a_run_from_python_takes_a_relation(tmp_path: Path) -> None:
    """A whole gate over a DuckDB relation, by a rule of the gate file: the query is never held as one table."""
    (tmp_path / "mlgate.toml").write_text('version = 1\n[checks."data.schema".columns.n]\nmax = 49_998\n')
    relation = duckdb.connect().sql("SELECT range AS n, 'x' || (range % 3) AS t FROM range(50000)")
    record = run_gate(GateRequest(tables={"test": relation}, folder=tmp_path, only=("data.schema",)))
    [result] = [each for each in record.results if each.outcome is Outcome.FAILED]
    assert result.check == "data.schema"
    assert record.facts.data["test"].rows == 50_000
    assert "'n' of the test table: 1 of 50,000 rows (0.002%) is above 49998" in result.reason


def test_rows_of_a_relation_come_in_batches() -> None:
    """At most so many at a time, in the relation's order."""
    table = Table.of(duckdb.connect().sql("SELECT range AS n FROM range(100000)"))
    sizes = [batch.num_rows for batch in table.batches(["n"], 10_000)]
    assert max(sizes) <= 10_000
    assert sum(sizes) == 100_000
    assert table.collect(["n"])["n"].to_list() == list(range(100_000))


def test_what_an_engine_says_is_told_as_a_sentence() -> None:
    """A relation whose connection was closed."""
    connection = duckdb.connect()
    table = Table.of(connection.sql("SELECT 1 AS a"), uri="loans")
    connection.close()
    with pytest.raises(DataError, match=r"^loans can't be read: .*[Cc]onnection.*closed\.$"):
        schema_check(data_of(Columns(), table, None), columns={"a": {"min": 5}})


def test_an_empty_relation_is_told() -> None:
    """As an empty file is."""
    with pytest.raises(DataError) as refusal:
        Table.of(duckdb.connect().sql("SELECT 1 AS a WHERE false"), uri="loans")
    assert str(refusal.value) == "loans has no rows. A gate can't decide on an empty table."


class _LooksLikeOne:
    """Has the names that tables have, and is none."""

    columns = ("a",)

    def to_arrow_table(self) -> None: ...


@pytest.mark.parametrize("thing", [_LooksLikeOne(), duckdb.connect(), 5, {"a": [1]}], ids=lambda it: type(it).__name__)
def test_what_is_no_table_is_told(thing: object) -> None:
    """By its type, and with what is taken."""
    with pytest.raises(DataError) as refusal:
        Table.of(thing)
    assert str(refusal.value) == (
        f"A {type(thing).__name__} is not a table. "
        "Hand over a pandas, polars or pyarrow frame, a DuckDB relation, or the path of a file."
    )


def test_a_frame_of_pyspark_is_a_relation(monkeypatch: pytest.MonkeyPatch) -> None:
    """By narwhals' own word, without Spark: it asks for the class `pyspark.sql.DataFrame` among imported modules."""
    spark, sql = types.ModuleType("pyspark"), types.ModuleType("pyspark.sql")
    frame: Any = type("DataFrame", (), {"columns": ["a"]})
    vars(sql)["DataFrame"] = frame
    vars(spark).update(sql=sql, __version__="4.0.0")
    monkeypatch.setitem(sys.modules, "pyspark", spark)
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)
    known: Any = nw.from_native(frame())
    assert isinstance(known, nw.LazyFrame)
    assert known.implementation.is_pyspark()
    assert RelationSource(known, "spark").lazy() is known
