"""From a table and its predictions to a scored table: every doubt about their fit is raised here, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.errors import DataError
from mlgate.tabular.answers import answers_of
from mlgate.tabular.columns import Columns, Task
from mlgate.tabular.labels import encode, infer_task, ordered_classes, present
from mlgate.tabular.rows import Rows
from mlgate.tabular.sampling import sampling_of
from mlgate.tabular.scored import ScoredTable
from mlgate.tabular.side import SideFile

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from mlgate.errors import MlgateError
    from mlgate.tabular.partition import Slices
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
    side: Callable[[], Table] | None = None,
    slices: Slices | None = None,
) -> ScoredTable:
    """Put answers beside labels. The task is inferred where it is None; so is the positive class (the larger one).

    `champion_problem` says why a champion that is there can't be compared with: every comparison raises it, while the
    candidate is measured all the same. `side` opens the file that sensitive columns stand in; it is read when one of
    them is first asked for, and what is wrong with it is raised then. `slices` are those of another scoring of the same
    table.
    Raises `DataError` for labels, weights or entities that can't be measured against, `ModelError` for answers
    that don't fit the table.
    """
    label = _label(table, columns)
    task = task or infer_task(label, candidate)
    given = [candidate] if champion is None else [candidate, champion]
    classes: tuple[object, ...] = ()
    if task is not Task.REGRESSION:
        classes = ordered_classes(label, task, columns.positive, given, table.uri)
    codes = _codes(label, task, classes, table.uri)
    answers = [
        answers_of(who, said, rows=len(codes), task=task, classes=classes, label_name=label.name)
        for who, said in zip(("candidate", "champion"), given, strict=False)
    ]
    sampling = sampling_of(len(codes), _column(table, columns.weight), _column(table, columns.entity), table.uri)
    rows = Rows(task, classes, codes, answers[0], answers[1] if champion is not None else None, sampling)
    beside = None if side is None else SideFile(table, columns, side)
    return ScoredTable(table, columns, rows, candidate, champion_problem=champion_problem, side=beside, slices=slices)


def _label(table: Table, columns: Columns) -> pl.Series:
    if columns.label is None:
        raise DataError("No label column is named.", hint="Name it with --label, or `label` under [data].")
    return present(table.collect([columns.label]).to_series(), table.uri)


def _column(table: Table, name: str | None) -> pl.Series | None:
    return None if name is None else table.collect([name]).to_series()


def _codes(label: pl.Series, task: Task, classes: tuple[object, ...], uri: str) -> NDArray[np.generic]:
    if task is not Task.REGRESSION:
        return encode(label, classes)
    if not label.dtype.is_numeric():
        raise DataError(f"The label {label.name!r} of {uri} is {label.dtype}, and the task is regression.")
    values = label.cast(float)
    if values.is_infinite().any():
        raise DataError(f"The label {label.name!r} of {uri} is infinite in {values.is_infinite().sum()} rows.")
    return values.to_numpy()
