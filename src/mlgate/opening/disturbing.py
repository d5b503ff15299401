"""Whether a model changes the rows that it is handed: its caller would go on with other data than it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from mlgate.tabular import Table


@runtime_checkable
class HandsOver(Protocol):
    """A model whose rows are made here, and then handed to code that is not ours."""

    def rows(self, table: Table) -> Any:
        """The data frame or array that the model is handed."""
        ...

    def answer(self, rows: Any) -> Any:
        """Hand it over."""
        ...


def changed_by(model: object, table: Table) -> tuple[str, ...]:
    """The columns that other code changed in place, or `rows` of an array; () where nothing did or nothing can be seen.

    Raises what the model raises.
    """
    if not isinstance(model, HandsOver):
        return ()
    rows = model.rows(table)
    before = rows.copy()
    model.answer(rows)
    if not hasattr(rows, "columns"):
        return () if _same(before, rows) else ("rows",)
    gone = [str(name) for name in before.columns if name not in rows.columns]
    added = [str(name) for name in rows.columns if name not in before.columns]
    changed = [str(name) for name in before.columns if name in rows.columns and not before[name].equals(rows[name])]
    return (*gone, *added, *changed)


def _same(before: Any, after: Any) -> bool:
    import numpy as np

    return before.shape == after.shape and bool(np.array_equal(before, after, equal_nan=before.dtype.kind == "f"))
