"""Two models on the same rows: paired differences and flips."""

from __future__ import annotations

import numpy as np

from mlgate.stats import Estimate
from mlgate.tabular.columns import Task
from mlgate.tabular.estimates import difference_of, estimate_of, paired_shares
from mlgate.tabular.measuring import Bench, Index, Question, Reading
from mlgate.tabular.metrics import METRICS
from mlgate.tabular.points import Point
from mlgate.tabular.rows import Rows
from mlgate.tabular.scatter import scatter_of_rows

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
    support = min(ours.point.support, theirs.point.support)
    return difference_of(ours.point.value - theirs.point.value, scatter, ours.rows, support, "paired influence")


def _paired_right(
    rows: Rows, here: Bench, there: Bench, asked: tuple[Question, Question], index: Index | None
) -> Estimate:
    label = rows.label
    ours = here.decisions(asked[0].threshold) == label
    theirs = there.decisions(asked[1].threshold) == label
    if index is not None:
        ours, theirs = ours[index], theirs[index]
    won, lost = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    return paired_shares(won, lost, len(ours))


def flips(rows: Rows, here: Bench, there: Bench, threshold: float) -> Estimate:
    """The share of rows that the champion decides right and the candidate wrong."""
    right, ours = there.decisions(threshold) == rows.label, here.decisions(threshold) == rows.label
    flipped = (right & ~ours).astype(float)
    weight = rows.sampling.weight
    value = float(flipped.mean()) if weight is None else float((weight * flipped).sum() / weight.sum())
    scatter = scatter_of_rows(flipped - value, rows.label, len(rows.classes), rows.sampling)
    point = Point(value, flipped - value, rows.count)
    return estimate_of(METRICS["accuracy"], point, scatter, rows.count, rows.sampling, binomial=True)
