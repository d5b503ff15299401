"""One metric as a measurement: the number, the same number per declared slice, and the champion's beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate import CheckError, Comparison, Measurement, NotApplicable
from mlgate.tabular import METRICS, Metric
from mlgate_performance.primary import is_bounded

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


def measure(
    scored_test: ScoredTable, metric: str, *, threshold: float = 0.5, rate: float | None = None, **options: float | str
) -> Measurement:
    """The measurement of one metric of `mlgate.tabular`.

    Raises `NotApplicable` where the metric is of another task, or has nothing to stand on.
    """
    about = METRICS[metric]
    with only_where_it_stands():
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


@contextmanager
def only_where_it_stands() -> Iterator[None]:
    """A metric that can't be taken here (labels where it needs scores, a label of 0 to divide by) does not apply: that
    denies where the gate file asks for the metric, and nowhere else."""
    try:
        yield
    except CheckError as refusal:
        raise NotApplicable(refusal.message, hint=refusal.hint) from refusal


def compare(
    scored_test: ScoredTable,
    metric: Metric,
    *,
    threshold: float = 0.5,
    rate: float | None = None,
    **options: float | str,
) -> Comparison:
    """The champion's number and the paired difference, with what a rule must know to read it.

    Raises `NotApplicable` where there is no champion.
    """
    comparison = scored_test.compare(metric.name, threshold=threshold, rate=rate, **options)
    higher = None if metric.better == "neither" else metric.better == "higher"
    return replace(comparison, higher_is_better=higher, bounded=is_bounded(metric))
