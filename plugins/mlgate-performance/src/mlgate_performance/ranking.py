"""Metrics of how scores order the rows, whatever the threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate import Json, Measurement, check
from mlgate_performance import planning
from mlgate_performance.measuring import measure

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("performance.roc_auc", better="higher", plan=planning.roc_auc("performance.roc_auc"))
def roc_auc(scored_test: ScoredTable) -> Measurement:
    """Area under the ROC curve: how well scores rank positives above negatives.

    The probability that a positive row has a higher score than a negative one, ties counting half; two classes.
    From 0 to 1, 0.5 is chance. Interval and paired comparison by DeLong, DeLong and Clarke-Pearson (1988,
    Biometrics 44). The record keeps the curve.

    Approximate where the table is large: scores are counted in bins, which moves the area by less than 0.0001.

    ## What to do
    If it is near 0.5, check that `positive` names the right class and that the features arrive as in training; if it
    is far below, the classes are swapped. If it fell against the champion, compare the two on slices and look for
    features that changed. A value near 1 is more often a leak than a triumph.
    """
    return _drawn(measure(scored_test, "roc_auc"), "roc", scored_test.roc, scored_test)


@check("performance.average_precision", better="higher")
def average_precision(scored_test: ScoredTable) -> Measurement:
    """Area under the precision-recall curve: how pure the top of the ranking is.

    The mean of the precision at each positive found, going down the scores (scikit-learn's average_precision_score,
    no interpolation); two classes. From the share of positives (chance) to 1. The record keeps the curve.

    Approximate where the table is large: scores are counted in bins, which moves the value by less than 0.0001.

    ## What to do
    It reacts to false alarms with high scores: look at the highest-scored negatives, which are often wrong labels or
    one broken source. It moves with the share of positives: compare only tables with the same share.
    """
    measured = measure(scored_test, "average_precision")
    return _drawn(measured, "precision_recall", scored_test.precision_recall, scored_test)


@check("performance.ks", better="higher")
def ks(scored_test: ScoredTable) -> Measurement:
    """Kolmogorov-Smirnov distance: the best gap that one threshold makes between the classes.

    The largest difference over all thresholds between the share of positives and the share of negatives above it;
    two classes. From 0 to 1. It equals Youden's J at the best threshold, found on these same rows, so it is a
    little too good on few rows: the interval is drawn around what is left once that luck is taken off.

    Approximate where the table is large: thresholds are the edges of score bins.

    ## What to do
    As for `roc_auc`. If the ranking is good overall and this fell, the scores around the usual threshold are the
    ones that got worse.
    """
    return measure(scored_test, "ks")


@check("performance.roc_auc_ovr", better="higher")
def roc_auc_ovr(scored_test: ScoredTable) -> Measurement:
    """Area under the ROC curve of each class against all others, averaged over classes.

    The unweighted mean over classes of the area that the class's score has for telling it from the rest
    (scikit-learn's roc_auc_score with multi_class="ovr"); more than two classes. From 0 to 1, 0.5 is chance.

    Approximate where the table is large: scores are counted in bins, which moves the area by less than 0.0001.

    ## What to do
    Check first that the model's classes are the label's, in the same order. Then look at the class that got worse:
    `macro_recall` and the confusion between it and its neighbour say more than the mean.
    """
    return measure(scored_test, "roc_auc_ovr")


@check("performance.top_k", better="higher")
def top_k(scored_test: ScoredTable, *, k: int = 3) -> Measurement:
    """Share of rows whose true class is among the k classes with the highest scores.

    More than two classes. A share, 0 to 1; exact; Wilson's interval. Ties at the k-th place go to the class that
    stands last, as in scikit-learn's top_k_accuracy_score.

    `k` is the number of answers that count.

    ## What to do
    If it is high and `accuracy` is low, two classes are confused with each other: separate or merge them. If both are
    low, see `performance.baseline`.
    """
    return measure(scored_test, "top_k", k=k)


def _drawn(
    measured: Measurement, name: str, curve: Callable[..., dict[str, Json]], scored_test: ScoredTable
) -> Measurement:
    """With the curve that reports draw, and the champion's."""
    drawn: dict[str, Json] = {name: curve()}
    if scored_test.has_champion:
        drawn[f"{name}_of_champion"] = curve(champion=True)
    return replace(measured, data=drawn)
