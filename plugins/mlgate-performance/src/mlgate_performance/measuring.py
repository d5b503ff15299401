"""One metric as a measurement: the number, the same number per declared slice, and the champion's beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate import Comparison, Measurement
from mlgate.tabular import METRICS, Metric
from mlgate_performance.primary import is_bounded

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


def measure(
    scored_test: ScoredTable, metric: str, *, threshold: float = 0.5, rate: float | None = None, **options: float
) -> Measurement:
    """The measurement of one metric of `mlgate.tabular`.

    Raises `NotApplicable` where the metric is of another task, `CheckError` where it needs scores and there are none.
    """
    about = METRICS[metric]
    estimate = scored_test.metric(metric, threshold=threshold, rate=rate, **options)
    slices = (
        scored_test.by_slice(metric, spec, threshold=threshold, rate=rate, **options)
        for spec in scored_test.columns.slices
    )
    rival = scored_test.has_champion
    return Measurement(
        estimate,
        unit=about.unit,
        slices=tuple(slice for spec in slices for slice in spec),
        comparison=compare(scored_test, about, threshold=threshold, rate=rate, **options) if rival else None,
    )


def compare(
    scored_test: ScoredTable, metric: Metric, *, threshold: float = 0.5, rate: float | None = None, **options: float
) -> Comparison:
    """The champion's number and the paired difference, with what a rule must know to read it.

    Raises `NotApplicable` where there is no champion.
    """
    comparison = scored_test.compare(metric.name, threshold=threshold, rate=rate, **options)
    higher = None if metric.better == "neither" else metric.better == "higher"
    return replace(comparison, higher_is_better=higher, bounded=is_bounded(metric))
