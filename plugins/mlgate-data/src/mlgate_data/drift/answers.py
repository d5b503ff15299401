"""The answers of a model on a scored table, as a column that can be compared, and as one number per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate import MlgateError
from mlgate_data.drift.held import Categories, Floats, Held, Numbers
from mlgate_data.drift.weighted import weights_of
from mlgate_data.engine.histograms import Counting, middles_of

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


def answers_of(scored: ScoredTable, *, scores: bool) -> Held:
    """Predicted classes, or numbers; with `scores`, the scores of the positive class of two."""
    weights, effective = _weights(scored)
    if scores or scored.task == "regression":
        return _numbers(_scores(scored) if scores else scored.numbers(), weights, effective)
    counts = np.bincount(scored.decisions(), weights, len(scored.classes))
    scale = effective / counts.sum()
    return Categories(
        {str(name): float(count * scale) for name, count in zip(scored.classes, counts, strict=True)}, 0.0
    )


def number_of(scored: ScoredTable, moved: str) -> Floats:
    """One number per row: the prediction, the score of the positive class, or whether `moved` is predicted."""
    if scored.task == "regression":
        return scored.numbers()
    if scored.task == "binary":
        try:
            return _scores(scored)
        except MlgateError:
            pass  # the model gives labels alone
    names = [repr(str(name)) for name in scored.classes]
    place = names.index(moved) if moved in names else len(names) - 1
    found: Floats = (scored.decisions() == place).astype(np.float64)
    return found


def learned_by_heart(train: ScoredTable, test: ScoredTable) -> float | None:
    """By how much the model answers rows it learned from better, where that is more than 0.10 of accuracy or R2."""
    name = "r2" if train.task == "regression" else "accuracy"
    gap = train.metric(name).value - test.metric(name).value
    return gap if gap > 0.10 else None


def _scores(scored: ScoredTable) -> Floats:
    found: Floats = scored.scores()[:, -1]
    return found


def _weights(scored: ScoredTable) -> tuple[Floats | None, float]:
    """Weights, and the effective number of rows (Kish 1965)."""
    name = scored.columns.weight
    if name is None:
        return None, float(scored.rows)
    weights = weights_of(scored.table.collect([name]).get_column(name))
    return weights, float(weights.sum() ** 2 / np.square(weights).sum())


def _numbers(values: Floats, weights: Floats | None, effective: float) -> Numbers:
    if weights is None:
        counting = Counting("predictions")
        counting.count(values)
        return Numbers.of_histogram(counting.result(), 0)
    distinct, place = np.unique(middles_of(values), return_inverse=True)
    sums = np.bincount(place, weights, len(distinct))
    return Numbers.of(distinct, sums * (effective / sums.sum()), 0.0)
