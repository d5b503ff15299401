"""Two models on the same rows: paired differences and flips."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

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
_Decided = tuple[NDArray[Any], NDArray[Any]]


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
    metric, value = asked[0].metric, ours.point.value - theirs.point.value
    sampling = rows.sampling if index is None else rows.sampling.part(index)
    label = rows.label if index is None else rows.label[index]
    decided = None if here.says_the_same_as(there) else _decisions(here, there, asked, index)
    if decided is not None and metric.name in _RIGHT and sampling.simple:
        return _won_and_lost(value, label, decided)
    scatter = scatter_of_rows(ours.point.influence - theirs.point.influence, *here.strata(asked[0], label), sampling)
    if decided is not None and metric.name in _RIGHT:
        return _with_design_effect(value, label, decided, scatter, sampling)
    shift, of_cells = 0.0, here.of_decisions(asked[0])
    if decided is not None and of_cells is not None and len(rows.classes) <= MOST_PAIRED_CLASSES:
        cells = tabulate([Axis(codes, len(rows.classes)) for codes in (label, *decided)])
        smooth = smoothed(cells, _difference(of_cells), one_per_pair(len(rows.classes)))
        scatter, shift = scatter.at_least(smooth.variance), smooth.shift
    support = min(ours.point.support, theirs.point.support)
    return difference_of(metric, value, scatter, ours.rows, support=support, method="paired influence", shift=shift)


def _decisions(here: Bench, there: Bench, asked: tuple[Question, Question], index: Index | None) -> _Decided | None:
    """What both models decide on the rows; None where the metric is not one of decisions."""
    if here.of_decisions(asked[0]) is None:
        return None
    ours, theirs = here.decisions(asked[0].threshold), there.decisions(asked[1].threshold)
    return (ours, theirs) if index is None else (ours[index], theirs[index])


def _difference(metric: CellMetric) -> CellMetric:
    """The difference of a metric from the cells [label, ours, theirs]."""

    def difference(cells: Numbers) -> Point:
        one, other = metric(cells.sum(axis=2)), metric(cells.sum(axis=1))
        apart: Numbers = one.influence[:, :, None] - other.influence[:, None, :]
        return Point(one.value - other.value, apart, min(one.support, other.support))

    return difference


def _won_and_lost(value: float, label: NDArray[Any], decided: _Decided) -> Estimate:
    """Agresti-Min's interval, from the rows that only one model has right."""
    ours, theirs = (codes == label for codes in decided)
    spread = paired_shares(float((ours & ~theirs).sum()), float((theirs & ~ours).sum()), len(label))
    return Estimate(value, len(label), spread, len(label))


def _with_design_effect(
    value: float, label: NDArray[Any], decided: _Decided, scatter: Scatter, sampling: Sampling
) -> Estimate:
    """Agresti-Min's with as many rows as weights leave, wider by the design effect of entities where they have one.

    The effect is the variance by entity over that of independent rows (Kish, Survey Sampling, 1965, section 8.2).
    """
    ours, theirs = (codes == label for codes in decided)
    weight = np.ones(len(label)) if sampling.weight is None else sampling.weight
    total = float(weight.sum())
    won, lost = (float(weight[which].sum()) / total for which in (ours & ~theirs, theirs & ~ours))
    rows = total**2 / float(np.square(weight).sum())
    spread = paired_shares(won * rows, lost * rows, rows)
    plain = (won + lost - value**2) / rows
    effect = max(scatter.variance / plain, 1.0) if plain > 0 else 1.0
    spread = replace(spread, method=f"{spread.method}, design effect", se=spread.se * math.sqrt(effect), df=scatter.df)
    return Estimate(value, len(label), spread, len(label))


def flips(rows: Rows, here: Bench, there: Bench, threshold: float) -> Estimate:
    """The share of rows that the champion decides right and the candidate wrong."""
    right, ours = there.decisions(threshold) == rows.label, here.decisions(threshold) == rows.label
    flipped = (right & ~ours).astype(float)
    weight = rows.sampling.weight
    value = float(flipped.mean()) if weight is None else float((weight * flipped).sum() / weight.sum())
    scatter = scatter_of_rows(flipped - value, np.zeros(rows.count, np.uint8), 1, rows.sampling)
    reading = Reading(Point(value, flipped - value, rows.count), scatter, rows.count)
    return estimate_of(METRICS["accuracy"], reading, rows.sampling, binomial=True)
