"""The signature that a model was logged with, read from its MLmodel file; nothing of the model is opened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlgate import CheckError
from mlgate_data.schema.claims import Claim, Rows, Type
from mlgate_data.schema.claims_table import HasColumns
from mlgate_data.schema.rules import Present

_LARGEST = 1 << 20
_TYPES: Mapping[str, tuple[str, ...]] = {
    "boolean": ("bool",),
    "integer": ("int",),
    "long": ("int",),
    "float": ("number",),
    "double": ("number",),
    "string": ("text",),
    "binary": ("binary",),
    "datetime": ("datetime", "date"),
}
"""MLflow's types of columns; whole numbers may stand for decimals, as MLflow itself casts them."""


def signature_claims(folder: Path | None) -> tuple[Claim, ...]:
    """The claims of the signature in `folder`'s MLmodel; none where it has no signature of columns."""
    return tuple(_claims(_inputs(folder / "MLmodel"))) if folder is not None else ()


def signature_columns(folder: Path | None) -> tuple[str, ...]:
    """The columns that the model in `folder` reads by its signature; none where it has no signature of columns."""
    inputs = _inputs(folder / "MLmodel") if folder is not None else []
    return tuple(column["name"] for column in inputs if isinstance(column.get("name"), str))


def _claims(inputs: list[Mapping[str, Any]]) -> Iterator[Claim]:
    named = [column for column in inputs if isinstance(column.get("name"), str)]
    required = tuple(column["name"] for column in named if column.get("required", True) is not False)
    if required:
        yield HasColumns(required)
    for column in named:
        if column.get("type") in _TYPES:
            yield Type(column["name"], _TYPES[column["type"]])
        if column.get("required", True) is not False and column.get("type") in ("integer", "long", "boolean"):
            yield Rows(Present(column["name"]))  # MLflow refuses to cast what is missing to these


def _inputs(path: Path) -> list[Mapping[str, Any]]:
    """The columns of the signature. Raises `CheckError` for a file that can't be read."""
    if not path.is_file():
        return []
    if path.stat().st_size > _LARGEST:
        raise CheckError(f"{path} is larger than 1 MiB, which no model needs.")
    import yaml

    try:
        content = yaml.safe_load(path.read_bytes())
        stated = content["signature"]["inputs"] if isinstance(content, dict) and content.get("signature") else None
        columns = json.loads(stated) if isinstance(stated, str) else []
    except (yaml.YAMLError, RecursionError, ValueError, KeyError, TypeError) as error:
        raise CheckError(f"the signature in {path} can't be read: {type(error).__name__}.") from error
    return [column for column in columns if isinstance(column, dict)] if isinstance(columns, list) else []
