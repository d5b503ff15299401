"""The examples that MLflow keeps beside a model, and which of their rows are rows of the training table.

https://mlflow.org/docs/latest/ml/model/signatures: `input_example.json` and, in the form that a server is sent,
`serving_input_example.json`; MLmodel names them under `saved_input_example_info`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlgate_security.files import LARGEST
from mlgate_security.mlmodel import MLMODEL, read_mlmodel

EXAMPLES = ("input_example.json", "serving_input_example.json")
_NAMED_BY = ("artifact_path", "serving_input_path")
_WRAPPED = ("dataframe_split", "dataframe_records", "instances", "inputs")

Columns = Mapping[str, Sequence[Any]]


def example_files(root: Path) -> list[Path]:
    """The files by MLflow's own names, and those that MLmodel names, if they are in the folder `root`."""
    about = read_mlmodel(root).get("saved_input_example_info") if (root / MLMODEL).is_file() else None
    stated = [about[key] for key in _NAMED_BY if isinstance(about.get(key), str)] if isinstance(about, dict) else []
    within = (root / name for name in dict.fromkeys((*EXAMPLES, *stated)))
    return [path for path in within if path.is_file() and path.resolve().is_relative_to(root.resolve())]


def read_example(path: Path, names: Sequence[str]) -> Columns | None:
    """The example's values by column; None where it holds no rows of a table.

    `names` are the columns that the model is given, for an example that has only their values, in order.
    """
    if path.stat().st_size > LARGEST:
        return None
    try:
        return _columns(json.loads(path.read_bytes()), names)
    except (ValueError, RecursionError):
        return None


def _columns(value: Any, names: Sequence[str]) -> Columns | None:
    if isinstance(value, dict):
        wrapped = next((key for key in _WRAPPED if key in value), None)
        if wrapped is not None:
            return _columns(value[wrapped], names)
        if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
            return _of_rows(value["data"], [str(name) for name in value["columns"]])
        return _of_columns(value)
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return {str(name): [row.get(name) for row in value] for name in value[0]}
    return _of_rows(value, names) if isinstance(value, list) else None


def _of_rows(rows: Sequence[Any], names: Sequence[str]) -> Columns | None:
    if not rows or any(not isinstance(row, list) or len(row) != len(names) for row in rows):
        return None
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def _of_columns(value: Mapping[str, Any]) -> Columns | None:
    """`{"age": [30, 31]}`, and pandas' `{"age": {"0": 30, "1": 31}}`; of one row, `{"age": 30}`."""
    listed = {str(name): list(_values(each)) for name, each in value.items()}
    return listed if len({len(each) for each in listed.values()}) == 1 else None


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    else:
        yield value
