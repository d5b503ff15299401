"""The one metric that a task is judged by, and numbers of it made comparable: higher is worse, in units of [0, 1]."""

from __future__ import annotations

import difflib
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate import CheckError, Estimate, NotApplicable, Scale, Spread
from mlgate.tabular import METRICS, Metric, PredictionKind, Task

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

PRIMARY = {Task.BINARY: "roc_auc", Task.MULTICLASS: "macro_f1", Task.REGRESSION: "rmse"}
OF_LABELS = "balanced_accuracy"
"""What the roc_auc of labels is: the area under one point, (recall + specificity) / 2."""


def primary(scored: ScoredTable, asked: str | None) -> Metric:
    """The metric that was asked for, or the task's own. Raises `CheckError` for a name that can't serve."""
    name = asked or _usual(scored)
    metric = METRICS.get(name)
    if metric is None:
        near = difflib.get_close_matches(name, METRICS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(METRICS)}."
        raise CheckError(f"There is no metric {name!r}.", hint=hint)
    if metric.better == "neither":
        raise CheckError(
            f"{name} has no better side, so models can't be compared by it.", hint="Choose another metric."
        )
    if scored.task not in metric.tasks:
        raise NotApplicable(f"{name} is not a metric of {scored.task} tasks.")
    return metric


def _usual(scored: ScoredTable) -> str:
    labels_alone = scored.candidate.kind is PredictionKind.LABELS
    return OF_LABELS if labels_alone and scored.task is Task.BINARY else PRIMARY[scored.task]


def is_bounded(metric: Metric) -> bool:
    """Whether the metric ends at 1, so that a hundredth of it means the same everywhere."""
    return metric.high is not None


def gain(metric: Metric) -> int:
    """1 where a higher number is better, -1 where a lower one is."""
    return 1 if metric.better == "higher" else -1


def label_spread(scored: ScoredTable, metric: Metric) -> float:
    """What one unit of a difference in `metric` is: 1, or the label's standard deviation for errors in its unit.

    rmse^2 = (1 - r2) sd^2, so that an error divided by sd is the share of it that always answering the mean leaves.
    """
    if metric.unit != "label":
        return 1.0
    left = 1 - scored.metric("r2").value
    return scored.metric("rmse").value / math.sqrt(left) if left > 0 else 1.0


def standard_error(estimate: Estimate) -> float:
    """The standard error in the estimate's own unit, read off the 95% interval whatever scale that was made on."""
    return 0.0 if estimate.spread is None else estimate.interval(0.95).half_width / 1.959964


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """The estimate times `factor`, with its spread. Symmetric scales keep their shape when only the sign turns."""
    spread = estimate.spread
    if spread is not None and (spread.scale is Scale.IDENTITY or (factor == -1 and spread.scale is Scale.ATANH)):
        centre = None if spread.centre is None else spread.centre * factor
        ends = [None if end is None else end * factor for end in (spread.least, spread.most)]
        least, most = ends if factor >= 0 else reversed(ends)
        spread = replace(spread, se=spread.se * abs(factor), centre=centre, least=least, most=most)
    elif spread is not None and factor != 1:
        spread = Spread(spread.method, standard_error(estimate) * abs(factor))
    return replace(estimate, value=estimate.value * factor, spread=spread)
