"""A model's signature: the columns that it reads, and their exact types."""

from __future__ import annotations

import json
from typing import Any

from mlgate import Feature, FeatureKind

_KINDS = {
    "boolean": FeatureKind.BOOLEAN,
    "integer": FeatureKind.INTEGER,
    "long": FeatureKind.INTEGER,
    "float": FeatureKind.NUMBER,
    "double": FeatureKind.NUMBER,
    "string": FeatureKind.TEXT,
    "datetime": FeatureKind.TIME,
}
_WIDTHS = {"integer": "int32", "long": "int64", "float": "float32", "double": "float64"}


def features_of(signature: dict[str, Any] | None) -> tuple[Feature, ...] | None:
    """The named columns of a signature's inputs; None where the model says nothing of columns."""
    inputs = json.loads(signature["inputs"]) if signature and signature.get("inputs") else []
    if not inputs or not all("name" in column for column in inputs):
        return None
    return tuple(
        Feature(str(column["name"]), _KINDS.get(str(column.get("type"))), bool(column.get("required", True)))
        for column in inputs
    )


def as_signed(rows: Any, schema: Any) -> Any:
    """A data frame with its numbers in the width of the signature, which MLflow insists on and files rarely keep.

    What no longer fits stays as it is, for MLflow to refuse: a whole number out of range, a number turned infinite.
    """
    if schema is None or not schema.has_input_names():
        return rows
    widths = {column.name: _WIDTHS.get(getattr(column.type, "name", "")) for column in schema.inputs}
    wanted = {name: width for name, width in widths.items() if name in rows and width and _fits(rows[name], width)}
    return rows.astype(wanted)


def _fits(column: Any, width: str) -> bool:
    import numpy as np

    kind = column.dtype.kind
    if width.startswith("float"):
        with np.errstate(over="ignore"):
            return kind in "iuf" and bool((np.isinf(column) == np.isinf(column.astype(width))).all())
    return kind in "iu" and bool((column.astype(width) == column).all())
