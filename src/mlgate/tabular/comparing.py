"""Two models on the same rows: paired differences and flips."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlgate.stats import Estimate
from mlgate.tabular.confusion import CellMetric
from mlgate.tabular.estimates import difference_of, estimate_of, paired_shares
from mlgate.tabular.measuring import Bench, Index, Question, Reading
from mlgate.tabular.metrics import METRICS
from mlgate.tabular.points import Point
from mlgate.tabular.rows import Rows
from mlgate.tabular.sampling import Sampling
from mlgate.tabular.scatter import Scatter, scatter_of_rows
from mlgate.tabular.smoothing import MOST_PAIRED_CLASSES, one_per_pair, smoothed
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
    label = rows.label if index is None else rows.label[index]
    value = ours.point.value - theirs.point.value
    scatter = scatter_of_rows(ours.point.influence - theirs.point.influence, *here.strata(asked[0], label), sampling)
    support = min(ours.point.support, theirs.point.support)
    metric = asked[0].metric
    if not here.decides(asked[0]) or here.says_the_same_as(there):
        return difference_of(metric, value, scatter, ours.rows, support=support, method="paired influence")
    decided = [bench.decisions(question.threshold) for bench, question in ((here, asked[0]), (there, asked[1]))]
    if index is not None:
        decided = [codes[index] for codes in decided]
    if metric.name in _RIGHT:
        return _paired_right(value, decided[0] == label, decided[1] == label, scatter, sampling)
    made, classes = here.cells(asked[0]), len(rows.classes)
    if made is None or classes > MOST_PAIRED_CLASSES:
        return difference_of(metric, value, scatter, ours.rows, support=support, method="paired influence")
    cells = tabulate([Axis(codes, classes) for codes in (label, *decided)])
    smooth = smoothed(cells, _difference(made[0]), one_per_pair(classes))
    widened = scatter.at_least(smooth.variance)
    return difference_of(
        metric, value, widened, ours.rows, support=support, method="paired influence", shift=smooth.shift
    )


def _difference(metric: CellMetric) -> CellMetric:
    """The difference of a metric from the cells [label, ours, theirs]."""

    def difference(cells: Numbers) -> Point:
        one, other = metric(cells.sum(axis=2)), metric(cells.sum(axis=1))
        apart: Numbers = one.influence[:, :, None] - other.influence[:, None, :]
        return Point(one.value - other.value, apart, min(one.support, other.support))

    return difference


def _paired_right(
    value: float, ours: NDArray[np.bool_], theirs: NDArray[np.bool_], scatter: Scatter, sampling: Sampling
) -> Estimate:
    """Agresti-Min's, with as many rows as weights leave, and the design effect of entities on top."""
    won, lost = ours & ~theirs, theirs & ~ours
    if sampling.simple:
        spread = paired_shares(float(won.sum()), float(lost.sum()), sampling.rows)
        return Estimate(value, sampling.rows, spread, sampling.rows)
    weight = np.ones(sampling.rows) if sampling.weight is None else sampling.weight
    total = float(weight.sum())
    rows = total**2 / float(np.square(weight).sum())
    spread = paired_shares(float(weight[won].sum()) * rows / total, float(weight[lost].sum()) * rows / total, rows)
    plain = (float(weight[won | lost].sum()) / total - value**2) / rows
    effect = max(scatter.variance / plain, 1.0) if plain > 0 else 1.0
    spread = replace(spread, method=f"{spread.method}, design effect", se=spread.se * math.sqrt(effect), df=scatter.df)
    return Estimate(value, sampling.rows, spread, sampling.rows)


def flips(rows: Rows, here: Bench, there: Bench, threshold: float) -> Estimate:
    """The share of rows that the champion decides right and the candidate wrong."""
    right, ours = there.decisions(threshold) == rows.label, here.decisions(threshold) == rows.label
    flipped = (right & ~ours).astype(float)
    weight = rows.sampling.weight
    value = float(flipped.mean()) if weight is None else float((weight * flipped).sum() / weight.sum())
    scatter = scatter_of_rows(flipped - value, np.zeros(rows.count, np.uint8), 1, rows.sampling)
    reading = Reading(Point(value, flipped - value, rows.count), scatter, rows.count)
    return estimate_of(METRICS["accuracy"], reading, rows.sampling, binomial=True)
