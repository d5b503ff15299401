"""Labels that are Python objects, as codes into a table of distinct ones: what JSON and numpy hold without pickle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

PLAIN = (str, int, float, bool, type(None))


def coded(values: Any) -> tuple[Any, list[object] | None]:
    """Codes and their table for objects; anything else as it is, without one."""
    if values.dtype.kind != "O":
        return values, None
    table: dict[tuple[type, object], int] = {}
    codes = np.fromiter((table.setdefault((type(v), v), len(table)) for v in values), np.int64, len(values))
    return codes, [value for _, value in table]


def decoded(values: Any, table: Sequence[object] | None) -> Any:
    """What `coded` made these codes of. Raises `IndexError` for a code that is not in the table."""
    if table is None:
        return values
    return np.array([*table, None], dtype=object)[:-1][values]
