"""Bodies of requests: rows of the test table in MLflow's serving formats, or what a function of the user makes."""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from mlgate import CheckError, UsageError

JSON_TYPE = "application/json"
Row = Mapping[str, Any]


class Format(StrEnum):
    """https://mlflow.org/docs/latest/genai/serving: the keys that MLflow's scoring server knows."""

    SPLIT = "dataframe_split"
    RECORDS = "dataframe_records"
    INPUTS = "inputs"
    INSTANCES = "instances"


def body_of(rows: Sequence[Row], format: Format) -> bytes:
    """One request for all `rows`. Floats keep every digit, so that the served model sees the number that we have."""
    cells = [{name: _plain(value) for name, value in row.items()} for row in rows]
    if format == Format.SPLIT:
        names = list(cells[0])
        said: object = {"columns": names, "data": [[row[name] for name in names] for row in cells]}
    elif format == Format.INPUTS:
        said = {name: [row[name] for row in cells] for name in cells[0]}
    else:
        said = cells
    return json.dumps({str(format): said}, allow_nan=False).encode()


def batches(rows: Sequence[Row], size: int) -> list[Sequence[Row]]:
    """`rows` in lots of exactly `size`, from the first again where they run out."""
    if size < 1:
        raise UsageError(f"batch = {size} is no row at all.", hint="State at least 1.")
    lots = max(1, len(rows) // size)
    return [[rows[(lot * size + place) % len(rows)] for place in range(size)] for lot in range(lots)]


def user_function(named: str, folder: Path | None) -> Callable[[list[dict[str, Any]]], object]:
    """The function `file.py:function`, from beside the gate file. Raises `UsageError`."""
    file, _, function = named.partition(":")
    path = (folder or Path.cwd()) / file
    if not function or not path.is_file():
        raise UsageError(f'payload = "{named}" names no function in a file here.', hint='As "payloads.py:make_body".')
    spec = importlib.util.spec_from_file_location(f"mlgate_load_payload_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, function, None)
    if not callable(found):
        raise UsageError(f"{path.name} has no function {function}.", hint="It takes a list of rows and gives a body.")
    made: Callable[[list[dict[str, Any]]], object] = found
    return made


def body_from(function: Callable[[list[dict[str, Any]]], object], rows: Sequence[Row]) -> bytes:
    """What the function gives for these rows, as bytes. Raises `CheckError` for what no body can be."""
    made = function([dict(row) for row in rows])
    if isinstance(made, bytes):
        return made
    if isinstance(made, str):
        return made.encode()
    try:
        return json.dumps(made, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise CheckError(
            f"the payload function gave what is no JSON: {error}.", hint="Give a dict, text or bytes."
        ) from None


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return float(value) if isinstance(value, Decimal) else value.total_seconds()
    return value
