"""What a row costs, and what it could be expected to cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError, NotApplicable
from mlgate.tabular import METRICS, Metric, Task
from mlgate_performance.segments.cuts import by_rank

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

USUAL = {Task.BINARY: "accuracy", Task.MULTICLASS: "accuracy", Task.REGRESSION: "mae"}
MEANS = ("accuracy", "log_loss", "brier", "mae", "rmse")
"""Metrics that are made of one number per row, so that any part of the rows has them too."""
_STRATA, _STRATUM_ROWS = 20, 100

Numbers = NDArray[np.float64]


def chosen(scored: ScoredTable, asked: str | None) -> Metric:
    """The metric that segments are searched by. Raises `CheckError` for a name that can't serve."""
    name = asked or USUAL[scored.task]
    if name not in MEANS:
        raise CheckError(f"Segments can't be searched by {name!r}.", hint=f"Choose one of {', '.join(MEANS)}.")
    if scored.task not in METRICS[name].tasks:
        raise NotApplicable(f"{name} is not a metric of {scored.task} tasks.")
    return METRICS[name]


def losses(scored: ScoredTable, metric: Metric, threshold: float, *, champion: bool = False) -> Numbers:
    """One loss per row: 1 for a wrong decision, the log loss, the squared distance of a probability from the label;
    errors of a regression in standard deviations of the label, their squares in variances.
    """
    label = scored.labels()
    if metric.name == "accuracy":
        loss = (scored.decisions(threshold, champion=champion) != label).astype(float)
    elif scored.task is Task.REGRESSION:
        error = np.abs(scored.numbers(champion=champion) - label) / (float(np.std(label)) or 1.0)
        loss = error if metric.name == "mae" else np.square(error)
    else:
        given = np.clip(scored.scores(champion=champion)[np.arange(len(label)), label], np.finfo(float).eps, 1.0)
        loss = np.square(1 - given) if metric.name == "brier" else -np.log(given)
    return np.asarray(loss, dtype=float)


def expected(
    scored: ScoredTable, threshold: float, loss: Numbers, weight: Numbers | None, half: NDArray[np.intp]
) -> Numbers:
    """The mean loss of those rows of `half` that are given like answers: up to 20 groups by score or predicted number.

    Indirect standardization (Breslow & Day 1987, Statistical methods in cancer research II, chapter 2): where a
    segment is worse than this, it is so for another reason than that the model is unsure there.
    """
    answers = _answers(scored, threshold)[half]
    strata, _, _ = by_rank(answers, int(np.clip(len(half) // _STRATUM_ROWS, 1, _STRATA)))
    strata = np.unique(strata, return_inverse=True)[1]
    own = np.ones(len(half)) if weight is None else weight[half]
    mass = np.maximum(np.bincount(strata, own), 1e-300)
    means: Numbers = np.bincount(strata, own * loss[half]) / mass
    return means[strata]


def _answers(scored: ScoredTable, threshold: float) -> Numbers:
    """One number per row by which answers are alike: positive score, largest score, predicted class or number."""
    if scored.task is Task.REGRESSION:
        return scored.numbers()
    try:
        scores = scored.scores()
    except CheckError:
        return scored.decisions(threshold).astype(float)
    return scores[:, 1] if scored.task is Task.BINARY else scores.max(axis=1)
