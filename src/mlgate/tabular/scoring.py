"""From a table and its predictions to a scored table: every doubt about their fit is raised here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.tabular.scored import ScoredTable

if TYPE_CHECKING:
    from mlgate.errors import MlgateError
    from mlgate.tabular.columns import Columns, Task
    from mlgate.tabular.predictions import Predictions
    from mlgate.tabular.table import Table


def score(
    table: Table,
    columns: Columns,
    task: Task | None,
    candidate: Predictions,
    champion: Predictions | None = None,
    *,
    champion_problem: MlgateError | None = None,
) -> ScoredTable:
    """Put answers beside labels. The task is inferred where it is None.

    `champion_problem` says why a champion that is there can't be compared with: every comparison raises it, while the
    candidate is measured all the same.

    Raises `DataError` for labels that can't be measured against, `ModelError` for answers that don't fit the table.
    """
    from mlgate.tabular.fitting import fit_rows

    return ScoredTable(table, columns, fit_rows(table, columns, task, candidate, champion), champion_problem)
