"""Every metric that the task has, on every group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlgate import CheckError, ModelError, Scale
from mlgate.tabular import Task
from mlgate_fairness.comparing import Family
from mlgate_fairness.deciding import rate_families
from mlgate_fairness.numbers import mean_errors, mean_families, predictions, probabilities
from mlgate_fairness.pooling import NOTE, pooled
from mlgate_fairness.ranking import auc_families
from mlgate_fairness.rates import RATES
from mlgate_fairness.subjects import Intersections, Sizes, named

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


def every_family(scored: ScoredTable, intersections: Intersections, threshold: float, *, pooling: bool) -> list[Family]:
    """Rates of decisions, then means and the AUC of scores, as far as the model gives them."""
    if scored.task is Task.REGRESSION:
        found = _means(scored, intersections)
    else:
        found = rate_families(scored, RATES, intersections=intersections, threshold=threshold)
        if scored.task is Task.BINARY:
            found += _of_scores(scored, intersections)
    return [Family(family.spec, pooled(family.values)) for family in found] if pooling else found


def notes(families: Sequence[Family], sizes: Sizes, *, pooling: bool) -> tuple[str, ...]:
    """What a reader has to know of the small ones."""
    small = {each.name for family in families for each in sizes.small(family.values, "")}
    said = [NOTE] if pooling else []
    if small:
        said.append(f"Groups too small to be judged on some metric: {', '.join(sorted(small))}.")
    return (*said, *_undefined(families))


def _undefined(families: Sequence[Family]) -> tuple[str, ...]:
    """Which groups lack which metrics: those without a row in the denominator."""
    lacking: dict[str, list[str]] = {}
    for values in (family.values for family in families):
        for place in np.flatnonzero(~values.defined[:-1]).tolist():
            lacking.setdefault(named(values.keys[place]), []).append(values.metric)
    return tuple(
        f"Not defined on {group}, which has no row that counts for it: {', '.join(sorted(metrics))}."
        for group, metrics in sorted(lacking.items())
    )


def _of_scores(scored: ScoredTable, intersections: Intersections) -> list[Family]:
    try:
        found = auc_families(scored, intersections)
        probabilities(scored)
    except (CheckError, ModelError):  # labels alone, or scores that are no probabilities
        return []
    return [*found, *_means(scored, intersections)]


def _means(scored: ScoredTable, intersections: Intersections) -> list[Family]:
    error = mean_errors(scored)
    asked = [("mean prediction", predictions(scored), Scale.IDENTITY), ("mean error", error, Scale.IDENTITY)]
    if scored.task is Task.REGRESSION:
        asked.append(("mean absolute error", np.abs(error), Scale.LOG))
    return [
        family for name, values, scale in asked for family in mean_families(scored, name, values, scale, intersections)
    ]
