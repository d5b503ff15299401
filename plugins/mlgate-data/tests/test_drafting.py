"""A schema drafted from two snapshots: a third one of the same source passes, a broken one does not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlgate.gate import GateRequest
from mlgate.gate.drafting import first_gate_file
from mlgate.gatefile import load
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of
from mlgate_data.plugin import checks
from mlgate_data.schema.check import schema_check
from mlgate_data.schema.drafting import draft_schema

Real = Mapping[str, pl.DataFrame]


def _thirds(frame: pl.DataFrame, seed: int) -> list[pl.DataFrame]:
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
    size = frame.height // 3
    return [shuffled.slice(place * size, size) for place in range(3)]


def _broken(options: Mapping[str, Any], frame: pl.DataFrame) -> list[str]:
    return [finding.message for finding in schema_check(data_of(Columns(), Table.of(frame), None), **options).findings]


@pytest.mark.parametrize("name", ["adult", "german_credit", "penguins", "diamonds"])
def test_a_third_snapshot_keeps_the_draft(name: str, real: Real) -> None:
    """On twenty random thirds, at most one of them breaks a rule."""
    alarms = 0
    for seed in range(20):
        train, test, third = _thirds(real[name], seed)
        alarms += bool(_broken(draft_schema({"train": Table.of(train), "test": Table.of(test)}), third))
    assert alarms <= 1


def test_a_broken_snapshot_breaks_the_draft(real: Real) -> None:
    """A scaled column, a renamed category, gaps and repeated keys each break the column's rule."""
    train, test, third = _thirds(real["adult"].with_row_index("key"), 1)
    options = draft_schema({"train": Table.of(train), "test": Table.of(test)})
    spoilt = third.with_columns(
        pl.col("age") * 100,
        pl.col("education").replace("HS-grad", "High school"),
        pl.when(pl.int_range(pl.len()) % 5 == 0).then(None).otherwise(pl.col("race")).alias("race"),
        pl.lit(7, pl.UInt32).alias("key"),
    )
    told = _broken(options, spoilt)
    assert {message.split("'")[1] for message in told} == {"age", "education", "race", "key"}


def test_bounds_are_written_as_people_write_them() -> None:
    """Three digits, away from the data; what is never negative stays so; keys get no range."""
    frame = pl.DataFrame(
        {
            "amount": [0.5 + place % 700 / 7 for place in range(3_500)],
            "id": range(3_500),
            "age": [17 + place % 74 for place in range(3_500)],
        }
    )
    table = Table.of(frame)
    draft: Any = draft_schema({"train": table, "test": table})["columns"]
    low, high = draft["amount"].pop("mean")
    assert draft["amount"] == {
        "type": "float",
        "nullable": False,
        "min": {"value": 0, "mostly": 0.99},
        "max": {"value": 111, "mostly": 0.99},
    }
    assert low < sum(frame["amount"]) / 3_500 < high
    assert (draft["age"]["min"]["value"], draft["age"]["max"]["value"]) == (9, 98)
    assert draft["id"] == {"type": "int", "nullable": False, "unique": True}


def test_one_table_is_no_two() -> None:
    """Nothing can be told of variation from one snapshot."""
    assert draft_schema({"test": Table.of(pl.DataFrame({"a": [1]}))}) == {}


def test_the_first_gate_file_holds_the_draft(tmp_path: Path, real: Real) -> None:
    """`mlgate init` writes it so that it reads back, odd column names and all."""
    train, test, third = _thirds(real["german_credit"].rename({"age": 'a"ge. in years'}), 1)
    train.write_parquet(tmp_path / "train.parquet")
    test.write_parquet(tmp_path / "test.parquet")
    uris = {name: str(tmp_path / f"{name}.parquet") for name in ("train", "test")}
    request = GateRequest(tables=uris, label="credit_risk", folder=tmp_path)
    (tmp_path / "mlgate.toml").write_text(first_gate_file(request), encoding="utf-8")
    from mlgate.gate.session import installed_host

    gate = load(tmp_path / "mlgate.toml", list(installed_host(tmp_path).checks.values()))
    assert "performance.vs_champion" in gate.checks or not any("performance" in check.id for check in checks())
    options = gate.checks["data.schema"].options
    assert options == draft_schema({name: Table.scan(uri) for name, uri in uris.items()})
    assert _broken(options, third) == []
