"""Predictions for a whole table, batch by batch, and every doubt about them in a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import MlgateError, ModelError, UnusableAnswer
from mlgate.opening.answering import answered
from mlgate.opening.culprits import raised_on
from mlgate.opening.describing import brief
from mlgate.opening.features import columns_to_hand_over
from mlgate.opening.road import OpenedModel
from mlgate.spec import Model
from mlgate.tabular import Columns, PredictionKind, Predictions, Table

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 65_536
_SHOWN = 5


def predict(
    model: Model, table: Table, columns: Columns, *, batch_rows: int = BATCH_ROWS, threads: int | None = None
) -> Predictions:
    """One prediction per row of `table`, in its order; the label never reaches the model.

    Numbers within [0, 1] for a label of two classes are taken as scores of the positive one. Raises `ModelError`
    where a column that the model reads is missing or of another type, and where the model raises, gives another
    number of rows, NaN or infinity: each names the rows, counted from 0.
    """
    uri = model.uri if isinstance(model, OpenedModel) else "in memory"
    names = columns_to_hand_over(model.features, table.schema, columns, uri)
    size = table.rows if _has_categories(table, names) else batch_rows
    parts: list[Predictions] = []
    for batch in _batches(table, names, size):
        parts.append(_predict_batch(model, batch, sum(part.rows for part in parts), uri, threads))
    joined = _joined(parts, uri)
    _refuse_no_answer(joined, uri)
    return _scores_of_two_classes(joined, table, columns)


def _batches(table: Table, names: Sequence[str], size: int) -> Iterator[pa.Table]:
    """The rows batch by batch; of a table without rows one batch without rows, so that the model says what it does."""
    if table.rows:
        yield from table.batches(names, size)
    else:
        yield table.collect(names).to_arrow()


def _has_categories(table: Table, names: Sequence[str]) -> bool:
    """Batches of a categorical column each bring their own codes, and some models trust the codes: one batch then."""
    import polars as pl

    return any(table.schema[name] in (pl.Categorical, pl.Enum) for name in names)


def _predict_batch(model: Model, batch: pa.Table, start: int, uri: str, threads: int | None) -> Predictions:
    try:
        predictions = answered(model, Table.of(batch, may_be_empty=True), threads)
    except ModelError as error:
        raise ModelError(_named(error.message, uri), hint=error.hint) from error
    except MlgateError:
        raise
    except (Exception, SystemExit) as error:  # a model that exits must not end the gate, least of all with 0
        if not batch.num_rows:
            raise ModelError(f"The model {uri} raises on a table without rows: {brief(error)}.") from error
        raise raised_on(model, batch, start, uri, error) from error
    if predictions.rows != batch.num_rows:
        raise UnusableAnswer(
            f"The model {uri} gave {predictions.rows:,} predictions for {batch.num_rows:,} rows "
            f"({start:,} to {start + batch.num_rows - 1:,}).",
            hint="It must give one per row, in their order.",
        )
    return predictions


def _named(message: str, uri: str) -> str:
    """What an adapter says of "the model", which does not know its own name, with the name."""
    return message.replace("The model ", f"The model {uri} ", 1) if uri not in message else message


def _joined(parts: Sequence[Predictions], uri: str) -> Predictions:
    first = parts[0]
    if any((part.kind, part.classes) != (first.kind, first.classes) for part in parts):
        raise ModelError(
            f"The model {uri} gives predictions of another kind for some batches of rows than for others.",
            hint="Its kind of answer and its classes must not depend on the rows.",
        )
    if len(parts) == 1:
        return first
    return Predictions(first.kind, np.concatenate([part.values for part in parts]), first.classes)


def _refuse_no_answer(predictions: Predictions, uri: str) -> None:
    bad = np.flatnonzero(_no_answer(predictions.values))
    if bad.size:
        noun = "row" if bad.size == 1 else "rows"
        what = "nothing" if predictions.values.dtype.kind == "O" else "NaN or infinity"
        raise UnusableAnswer(
            f"The model {uri} predicts {what} for {bad.size:,} of {predictions.rows:,} rows: {noun} {_numbered(bad)}.",
            hint="A model must answer every row, or the pipeline before it must refuse the row.",
        )


def _numbered(rows: NDArray[np.intp]) -> str:
    shown = ", ".join(f"{row:,}" for row in rows[:_SHOWN])
    return shown if rows.size <= _SHOWN else f"{shown} and {rows.size - _SHOWN:,} more"


def _no_answer(values: NDArray[Any]) -> NDArray[np.bool_]:
    if values.dtype.kind == "f":
        finite = np.isfinite(values)
        return np.asarray(~(finite.all(axis=1) if finite.ndim == 2 else finite))
    if values.dtype.kind == "O":
        return np.fromiter((_is_missing(value) for value in values), np.bool_, len(values))
    return np.zeros(len(values), dtype=np.bool_)


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _scores_of_two_classes(predictions: Predictions, table: Table, columns: Columns) -> Predictions:
    if predictions.kind is not PredictionKind.VALUES or columns.label is None or columns.label not in table.schema:
        return predictions
    if not predictions.rows or predictions.values.min() < 0 or predictions.values.max() > 1:
        return predictions
    classes = table.collect([columns.label])[columns.label].drop_nulls().unique().sort().to_list()
    if len(classes) != 2:
        return predictions
    positive = columns.positive if columns.positive is not None else classes[1]
    return Predictions.scores(predictions.values, (positive,))
