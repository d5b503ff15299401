"""Always the same answer: the share of each class, the mean, the median."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlgate.tabular import Predictions, Table, Task

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


def constants(scored: ScoredTable, train: Table | None) -> dict[str, Predictions]:
    """The constant predictors of the task by their name, learned from `train`, without one from all test rows."""
    source, columns = train or scored.table, scored.columns
    label, weight = columns.label or "", columns.weight if columns.weight in source.schema else None
    frame = source.collect([label] if weight is None else [label, weight])
    weights = frame[weight].cast(float).to_numpy() if weight is not None else None
    rows = scored.table.rows
    if scored.task is Task.REGRESSION:
        values = frame[label].cast(float).to_numpy()
        known = np.isfinite(values)
        values, weights = values[known], None if weights is None else weights[known]
        return {
            "always the mean": Predictions.numbers(np.full(rows, np.average(values, weights=weights))),
            "always the median": Predictions.numbers(np.full(rows, np.median(values))),
        }
    shares = np.tile(_shares(frame[label], weights, scored.classes), (rows, 1))
    return {"always the share of each class": Predictions.scores(shares, scored.classes)}


def _shares(labels: pl.Series, weights: NDArray[np.float64] | None, classes: tuple[object, ...]) -> NDArray[np.float64]:
    weighed = pl.DataFrame({"label": labels, "weight": 1.0 if weights is None else weights})
    totals = dict(weighed.group_by("label").agg(pl.col("weight").sum()).iter_rows())
    counts = np.array([totals.get(value, 0.0) for value in classes])
    return counts / counts.sum() if counts.sum() > 0 else np.full(len(classes), 1 / len(classes))
