"""Which rows a model raises on: found by halving, with a bounded number of tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.errors import ModelError
from mlgate.opening.describing import brief
from mlgate.spec import Model
from mlgate.tabular import Table

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_ROWS = 3
_MOST_TRIES = 64


def raised_on(model: Model, batch: pa.Table, start: int, uri: str, error: BaseException) -> ModelError:
    """The error for a batch that the model raised on: the first rows that it raises on alone, counted from 0."""
    search = _Search(model)
    search.halve(batch, start, error)
    if not search.rows:
        last = start + batch.num_rows - 1
        return ModelError(
            f"The model {uri} raises on rows {start:,} to {last:,} together and not on each alone: {brief(error)}.",
            hint="A prediction must depend on its own row alone.",
        )
    rows = ", ".join(f"{row:,}" for row in search.rows)
    noun = "row" if len(search.rows) == 1 else "rows"
    and_more = " and perhaps on more" if search.gave_up else ""
    return ModelError(
        f"The model {uri} raises on {noun} {rows}{and_more}: {brief(search.first)}.",
        hint="Rows count from 0. Predict that row alone to see the whole traceback.",
    )


class _Search:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._tries = 0
        self.rows: list[int] = []
        self.first: BaseException = RuntimeError()
        self.gave_up = False

    def halve(self, rows: pa.Table, start: int, error: BaseException) -> None:
        """Look into rows that the model raised `error` on."""
        if rows.num_rows == 1:
            self.first = error if not self.rows else self.first
            self.rows.append(start)
            return
        middle = rows.num_rows // 2
        for part, offset in ((rows.slice(0, middle), 0), (rows.slice(middle), middle)):
            if len(self.rows) >= _MOST_ROWS or self._tries >= _MOST_TRIES:
                self.gave_up = True
                return
            raised = self._try(part)
            if raised is not None:
                self.halve(part, start + offset, raised)

    def _try(self, rows: pa.Table) -> BaseException | None:
        self._tries += 1
        try:
            self._model.predict(Table.of(rows))
        except (Exception, SystemExit) as error:
            return error
        return None
