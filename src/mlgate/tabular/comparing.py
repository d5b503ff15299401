"""Two models on the same rows: paired differences and flips."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.stats import Estimate, Spread
from mlgate.tabular.columns import Task
from mlgate.tabular.confusion import DECISIONS
from mlgate.tabular.estimates import difference_of, estimate_of, paired_shares
from mlgate.tabular.measuring import Bench, Index, Question, Reading
from mlgate.tabular.metrics import METRICS
from mlgate.tabular.points import Point
from mlgate.tabular.rows import Rows
from mlgate.tabular.scatter import scatter_of_rows, smoothed_variance
from mlgate.tabular.tabulate import Axis, Numbers, tabulate

_RIGHT = frozenset({"accuracy", "micro_f1", "micro_recall", "weighted_recall"})


def compared(
    rows: Rows,
    here: Bench,
    there: Bench,
    asked: tuple[Question, Question],
    readings: tuple[Reading, Reading],
    *,
    index: Index | None = None,
) -> Estimate:
    """Candidate - champion on all rows, or on those of `index`: influences are subtracted row by row, which keeps what
    the two models have in common out of the variance (for AUC: DeLong's covariance, Biometrics 44, 1988).
    """
    ours, theirs = readings
    sampling = rows.sampling if index is None else rows.sampling.part(index)
    if asked[0].metric.name in _RIGHT and sampling.simple:
        return _paired_right(rows, here, there, asked, index)
    label = rows.label if index is None else rows.label[index]
    stratum = np.zeros(len(label), np.uint8) if rows.task is Task.REGRESSION else label
    strata = 1 if rows.task is Task.REGRESSION else len(rows.classes)
    scatter = scatter_of_rows(ours.point.influence - theirs.point.influence, stratum, strata, sampling)
    scatter = scatter.at_least(_least_variance(here, there, asked, label, index))
    support = min(ours.point.support, theirs.point.support)
    return difference_of(ours.point.value - theirs.point.value, scatter, ours.rows, support, "paired influence")


def _least_variance(
    here: Bench, there: Bench, asked: tuple[Question, Question], label: NDArray[Any], index: Index | None
) -> float:
    """What a difference between two classes' decisions must scatter at least (see `smoothed_variance`)."""
    name = asked[0].metric.name
    if name not in _RIGHT and (here.rows.task is not Task.BINARY or name not in DECISIONS):
        return 0.0
    ours, theirs = here.decisions(asked[0].threshold), there.decisions(asked[1].threshold)
    if index is not None:
        ours, theirs = ours[index], theirs[index]
    if not (ours != theirs).any():
        return 0.0  # the same decisions on every row: there is no difference, and nothing to be unsure of
    if name in _RIGHT:
        return _right_or_wrong(ours == label, theirs == label).se ** 2
    metric = DECISIONS[name]

    def influence(cells: Numbers) -> Numbers:
        one, other = metric(cells.sum(axis=2)).influence, metric(cells.sum(axis=1)).influence
        apart: Numbers = one[:, :, None] - other[:, None, :]
        return apart

    return smoothed_variance(tabulate([Axis(label, 2), Axis(ours, 2), Axis(theirs, 2)]), influence)


def _paired_right(
    rows: Rows, here: Bench, there: Bench, asked: tuple[Question, Question], index: Index | None
) -> Estimate:
    label = rows.label
    ours = here.decisions(asked[0].threshold) == label
    theirs = there.decisions(asked[1].threshold) == label
    if index is not None:
        ours, theirs = ours[index], theirs[index]
    spread = _right_or_wrong(ours, theirs)
    return Estimate(float(ours.mean() - theirs.mean()), len(ours), spread, len(ours))


def _right_or_wrong(ours: NDArray[Any], theirs: NDArray[Any]) -> Spread:
    return paired_shares(int((ours & ~theirs).sum()), int((theirs & ~ours).sum()), len(ours))


def flips(rows: Rows, here: Bench, there: Bench, threshold: float) -> Estimate:
    """The share of rows that the champion decides right and the candidate wrong."""
    right, ours = there.decisions(threshold) == rows.label, here.decisions(threshold) == rows.label
    flipped = (right & ~ours).astype(float)
    weight = rows.sampling.weight
    value = float(flipped.mean()) if weight is None else float((weight * flipped).sum() / weight.sum())
    scatter = scatter_of_rows(flipped - value, rows.label, len(rows.classes), rows.sampling)
    point = Point(value, flipped - value, rows.count)
    return estimate_of(METRICS["accuracy"], point, scatter, rows.count, rows.sampling, binomial=True)
