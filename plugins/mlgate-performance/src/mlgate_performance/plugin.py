"""What this plugin declares: the checks of the family `performance`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlgate import Check, hookimpl
from mlgate.tabular import METRICS
from mlgate_performance import (
    averages,
    baseline,
    champion,
    decisions,
    overfit,
    probabilities,
    ranking,
    regression,
    slices,
    weak_segments,
)

MODULES = (averages, baseline, champion, decisions, overfit, probabilities, ranking, regression, slices, weak_segments)


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    """Every check that a module of this distribution defines."""
    found = (value for module in MODULES for value in vars(module).values() if isinstance(value, Check))
    return sorted((_ranged(check) for check in found), key=lambda check: check.id)


def _ranged(check: Check) -> Check:
    """A check that is called as its metric measures within the metric's range."""
    metric = METRICS.get(check.id.rpartition(".")[2])
    return check if metric is None else replace(check, within=(metric.low, metric.high))
