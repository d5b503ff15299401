"""Declared slices: against all other rows, and against the champion on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate import JudgedBy, Measurement, NotApplicable, SliceMeasurement, check
from mlgate.tabular import Metric
from mlgate_performance import planning
from mlgate_performance.primary import label_spread, primary, scaled

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

MIN_ROWS, MIN_SUPPORT = 50, 30


@check("performance.slices", better="lower", default={"at_most": 0.15}, plan=planning.slices)
def slices(
    scored_test: ScoredTable, *, metric: str | None = None, threshold: float = 0.5, rate: float | None = None
) -> Measurement:
    """How much worse the model is on each declared slice than on all other rows.

    For every value of every slice and cross that `slices` under [data] declares: the primary metric (roc_auc,
    macro_f1, rmse; `metric` names another) on all other rows minus on the slice, turned so that above 0 is worse.
    Errors in the label's unit are divided by the label's standard deviation, so that 0.15 is 15% of what always
    answering the mean is off. The number of the check is the worst slice's, and every slice is in the record.

    By default a slice shown to be worse by more than 0.15 blocks. All slices share one error budget (Holm 1979), so
    that many slices do not make one of them fail by chance. A slice with fewer than 50 rows, or fewer than 30 in the
    metric's denominator, is inconclusive, and the message says how many rows it lacks.

    `threshold` and `rate` are handed to metrics that need a decision.

    ## What to do
    Look first whether the slice is harder by nature: `performance.slices_vs_champion` compares like with like. If not:
    more rows of the slice in training, a feature that matters there, a look at its labels. If the slice is one nobody
    acts on, do not declare it.
    """
    about = primary(scored_test, metric)
    measured = scored_test.slice_gaps(about.name, _declared(scored_test), threshold=threshold, rate=rate)
    return _judged(measured, about, scored_test)


@check("performance.slices_vs_champion", better="lower", default={"at_most": 0.05})
def slices_vs_champion(
    scored_test: ScoredTable, *, metric: str | None = None, threshold: float = 0.5, rate: float | None = None
) -> Measurement:
    """How much worse than the champion the candidate is on each declared slice.

    For every value of every slice and cross that `slices` under [data] declares: the paired difference of the primary
    metric (roc_auc, macro_f1, rmse; `metric` names another) on the slice's rows, turned so that above 0 is worse than
    the champion. Errors in the label's unit are divided by the label's standard deviation, as in `performance.slices`.
    The number of the check is the worst slice's, and every slice is in the record.

    By default a slice shown to be worse by more than 0.05 blocks: a better mean must not be paid by one group of
    rows. All slices share one error budget (Holm 1979). A slice with fewer than 50 rows, or fewer than 30 in the
    metric's denominator, is inconclusive, and the message says how many rows it lacks.

    `threshold` and `rate` are handed to metrics that need a decision.

    ## What to do
    Look at the rows of the slice that flipped from right to wrong and at what changed for them between the two
    trainings: rows that were dropped, a category that was merged, a feature that is missing there.
    """
    about = primary(scored_test, metric)
    measured = scored_test.slice_comparisons(about.name, _declared(scored_test), threshold=threshold, rate=rate)
    return _judged(measured, about, scored_test)


def _declared(scored: ScoredTable) -> tuple[tuple[str, ...], ...]:
    if not scored.columns.slices:
        raise NotApplicable("No slices are declared.", hint="Name columns with `slices` under [data].")
    return scored.columns.slices


def _judged(measured: Sequence[SliceMeasurement], metric: Metric, scored: ScoredTable) -> Measurement:
    if not measured:
        raise NotApplicable("No declared slice has rows both inside and outside it.")
    share = 1 / label_spread(scored, metric)
    found = [replace(each, estimate=scaled(each.estimate, share)) for each in measured]
    worst = max(found, key=lambda each: (_is_large(each), each.estimate.value))
    return Measurement(
        worst.estimate,
        slices=tuple(found),
        judged_by=JudgedBy.SLICES,
        notes=(f"The worst of {len(found)} slices is {worst.name}; the metric is {metric.name}.",),
        data={"metric": metric.name, "worst": worst.name},
    )


def _is_large(each: SliceMeasurement) -> bool:
    estimate = each.estimate
    support = estimate.n if estimate.support is None else estimate.support
    return estimate.n >= MIN_ROWS and support >= MIN_SUPPORT
