"""What deepchecks has to know of the tables: the roles of columns, the task, the classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlgate.tabular import Columns, ScoredTable, Table
    from mlgate_deepchecks.tables import Answers


def described(
    columns: Columns, tables: Mapping[str, Table], scored: ScoredTable | None, answers: Mapping[str, Answers]
) -> dict[str, Any]:
    """Roles that every table has; a column that one of them lacks has none. `weight` is no feature."""
    label = _shared(columns.label, tables)
    classes = next((each.classes for each in answers.values()), ())
    return {
        "label": label,
        "task": None if label is None else _task(scored, tables, label),
        "index": _shared(columns.entity, tables),
        "datetime": _shared(columns.time, tables),
        "left_out": [] if columns.weight is None else [columns.weight],
        "classes": list(classes) or None,
    }


def _shared(column: str | None, tables: Mapping[str, Table]) -> str | None:
    return column if column is not None and all(column in table.schema for table in tables.values()) else None


def _task(scored: ScoredTable | None, tables: Mapping[str, Table], label: str) -> str:
    """The run's; without a model it is read off the label: numbers with more than twenty values are a regression's."""
    if scored is not None:
        return str(scored.task)
    labels = next(iter(tables.values())).collect([label])[label].drop_nulls()
    different = labels.n_unique()
    if labels.dtype.is_numeric() and different > 20:
        return "regression"
    return "binary" if different == 2 else "multiclass"
