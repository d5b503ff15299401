"""The rows of the test table that are sent: what the model reads, and not the label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlgate import CheckError

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table

MOST_ROWS = 2_000


def rows_to_send(test: Table, columns: Columns, features: tuple[str, ...] | None) -> list[Mapping[str, Any]]:
    """The first rows of the table, at most 2,000, in the columns that the model reads."""
    left_out = {columns.label, columns.entity, getattr(columns, "weight", None)}
    names = [name for name in features if name in test.columns] if features is not None else None
    if not names:
        names = [name for name in test.columns if name not in left_out]
    if not names:
        raise CheckError("The test table has no column to send.")
    return list(test.collect(names).head(MOST_ROWS).to_dicts())
