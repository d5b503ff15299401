"""Labels and answers brought to one form, or a sentence about why they can't be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import DataError, ModelError
from mlgate.tabular.columns import Columns, Task
from mlgate.tabular.predictions import PredictionKind, Predictions

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular.table import Table

_MANY = 20


@dataclass(frozen=True, slots=True)
class FittedRows:
    """The rows as arrays: `label` holds codes of `classes` (floats in a regression), answers are what was given."""

    task: Task
    classes: tuple[object, ...]
    label: NDArray[Any]
    candidate: Predictions
    champion: Predictions | None
    weight: NDArray[np.float64] | None
    entity: NDArray[np.int64] | None


def fit_rows(
    table: Table, columns: Columns, task: Task | None, candidate: Predictions, champion: Predictions | None
) -> FittedRows:
    """Raises `DataError` for the labels, `ModelError` for the answers."""
    if columns.label is None:
        raise DataError("No label column is named.", hint="Name it with --label or `label` under [data].")
    wanted = [column for column in (columns.label, columns.weight, columns.entity) if column is not None]
    data = table.collect(wanted)
    label = _present(data[columns.label], columns.label, table.uri)
    for who, answers in (("candidate", candidate), ("champion", champion)):
        if answers is not None:
            _check_answers(who, answers, len(label))
    task = task or infer_task(label, candidate)
    weight = None if columns.weight is None else data[columns.weight].cast(float).to_numpy()
    entity = None if columns.entity is None else data[columns.entity].rank("dense").to_numpy().astype(np.int64) - 1
    if task is Task.REGRESSION:
        return FittedRows(task, (), label.cast(float).to_numpy(), candidate, champion, weight, entity)
    classes = _classes(label, columns, candidate, table.uri)
    codes = label.replace_strict(list(classes), list(range(len(classes))), return_dtype=int).to_numpy()
    return FittedRows(task, classes, codes, candidate, champion, weight, entity)


def infer_task(label: pl.Series, candidate: Predictions) -> Task:
    """Two classes: binary. Numbers of many values, or answers that are numbers: regression. Else: multiclass."""
    if candidate.kind is PredictionKind.VALUES:
        return Task.REGRESSION
    distinct = label.n_unique()
    if candidate.kind is PredictionKind.LABELS and label.dtype.is_numeric() and distinct > _MANY:
        return Task.REGRESSION
    return Task.BINARY if distinct <= 2 else Task.MULTICLASS


def _present(label: pl.Series, name: str, uri: str) -> pl.Series:
    missing = label.null_count()
    if missing:
        raise DataError(f"The label {name!r} of {uri} is missing in {missing} rows.", hint="Drop or label them.")
    return label


def _classes(label: pl.Series, columns: Columns, candidate: Predictions, uri: str) -> tuple[object, ...]:
    found = label.unique().sort().to_list()
    if len(found) == 1:
        raise DataError(f"The label {columns.label!r} of {uri} is {found[0]!r} in every row.")
    classes = list(candidate.classes or found) if candidate.values.ndim == 2 else found
    if len(classes) == 1:
        classes = found
    if columns.positive is not None and len(classes) == 2:
        classes.sort(key=lambda value: value == columns.positive)
    return tuple(classes)


def _check_answers(who: str, answers: Predictions, rows: int) -> None:
    if answers.rows != rows:
        raise ModelError(f"The {who} gave {answers.rows} predictions for {rows} rows.")
    if answers.kind is not PredictionKind.LABELS and not np.isfinite(answers.values).all():
        where = np.flatnonzero(~np.isfinite(answers.values.reshape(rows, -1)).all(axis=1))
        raise ModelError(
            f"The {who} gave NaN or infinite predictions in {len(where)} rows, the first is row {where[0]}."
        )
