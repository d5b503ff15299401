"""The signature of a model under test, read from its MLmodel file: nothing of the model is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlgate import CheckError, NotApplicable
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of
from mlgate_data.schema.check import schema_check

SIGNATURE = """artifact_path: model
flavors:
  python_function: {loader_module: no_such_module_can_be_loaded}
signature:
  inputs: '[{"type": "long", "name": "age", "required": true}, {"type": "double", "name":
    "rate", "required": true}, {"type": "string", "name": "city", "required": true}, {"type": "boolean", "name":
    "new", "required": false}, {"type": "datetime", "name": "since", "required": true}]'
  outputs: '[{"type": "long"}]'
"""


@dataclass(frozen=True)
class Candidate:
    """What a run hands over as the model under test."""

    path: Path | None


@pytest.fixture
def candidate(tmp_path: Path) -> Candidate:
    """A model folder as MLflow 3 writes it."""
    (tmp_path / "MLmodel").write_text(SIGNATURE, encoding="utf-8")
    return Candidate(tmp_path)


GOOD = pl.DataFrame(
    {"age": [1, 2], "rate": [1, None], "city": ["a", "b"], "since": [datetime(2024, 1, 1)] * 2, "y": [0, 1]}
)


def _messages(frame: pl.DataFrame, candidate: Candidate, **options: Any) -> list[str]:
    data = data_of(Columns(label="y"), Table.of(frame), None)
    return [finding.message for finding in schema_check(data, candidate=candidate, **options).findings]


def test_a_table_that_fits_has_no_finding(candidate: Candidate) -> None:
    """Whole numbers may stand for decimals, and an optional column may be absent."""
    assert _messages(GOOD, candidate) == []


def test_what_does_not_fit_is_told(candidate: Candidate) -> None:
    """Missing columns, other types, and gaps where MLflow casts none."""
    frame = GOOD.rename({"city": "town"}).with_columns(age=pl.Series([1, None]), rate=pl.lit("x"), new=pl.lit(1))
    assert _messages(frame, candidate) == [
        "'rate' of the test table: holds String, and should hold numbers: 2 of 2 rows (100%) are no number.",
        "'new' of the test table: holds Int32, and should hold true or false.",
        "The test table lacks a column that the schema names: 'city'.",
        "'age' of the test table: 1 of 2 rows (50%) is missing.",
    ]


def test_the_signature_stands_beside_rules_of_the_gate_file(candidate: Candidate) -> None:
    """Both hold; `signature = false` leaves the model's out."""
    rules: dict[str, Any] = {"age": {"max": 1}}
    frame = GOOD.drop("since")
    assert len(_messages(frame, candidate, columns=rules)) == 2
    assert len(_messages(frame, candidate, columns=rules, signature=False)) == 1


@pytest.mark.parametrize(
    "text",
    ["flavors: {}\n", "signature: null\n", 'signature:\n  inputs: \'[{"type": "tensor"}]\'\n'],
    ids=["none", "null", "tensors"],
)
def test_a_model_without_columns_in_its_signature_claims_nothing(text: str, tmp_path: Path) -> None:
    """As MLflow logs a model without an input example."""
    (tmp_path / "MLmodel").write_text(text, encoding="utf-8")
    with pytest.raises(NotApplicable):
        _messages(GOOD, Candidate(tmp_path))


@pytest.mark.parametrize(
    "text",
    ["signature: {inputs: 'x'}\n", "[", "signature: {outputs: '[]'}\n", "a: &a [*a]\nsignature: 3\n"],
    ids=["no JSON", "no YAML", "no inputs", "a number"],
)
def test_a_signature_that_cannot_be_read_is_an_error(text: str, tmp_path: Path) -> None:
    """What the model takes is then unknown, and unknown is not none."""
    (tmp_path / "MLmodel").write_text(text, encoding="utf-8")
    with pytest.raises(CheckError, match=r"^the signature in .*MLmodel can't be read: \w+\.$"):
        _messages(GOOD, Candidate(tmp_path))


def test_an_oversized_file_is_not_read(tmp_path: Path) -> None:
    """YAML of megabytes is no signature."""
    (tmp_path / "MLmodel").write_bytes(b"#" * (1 << 20) + b"\n#")
    with pytest.raises(CheckError, match="larger than 1 MiB, which no model needs"):
        _messages(GOOD, Candidate(tmp_path))
