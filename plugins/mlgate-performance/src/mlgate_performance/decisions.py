"""Metrics of what a binary model decides, at a threshold or at a fixed rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, check
from mlgate_performance import planning
from mlgate_performance.measuring import measure

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("performance.accuracy", better="higher", plan=planning.share("performance.accuracy"))
def accuracy(scored_test: ScoredTable, *, threshold: float = 0.5, rate: float | None = None) -> Measurement:
    """Share of rows whose class is predicted right.

    Right answers over all rows; for two classes or many. A share, 0 to 1; exact; Wilson's interval (1927, JASA 22),
    and Agresti and Min's for the paired difference with the champion (2005, Biometrics 61).

    `threshold` is the score from which a row counts as positive; `rate` flags this share of the rows instead, those
    with the highest scores. Both are for two classes; a model of many classes answers the class with the highest
    score.

    ## What to do
    Compare with `performance.baseline` first: with rare positives a model that never says yes is accurate. Then read
    `recall` and `precision` to see which error grew, and the slices to see where. If scores rank well (`roc_auc`)
    and accuracy does not follow, move the threshold.
    """
    return measure(scored_test, "accuracy", threshold=threshold, rate=rate)


@check("performance.balanced_accuracy", better="higher", plan=planning.mean_recall("performance.balanced_accuracy"))
def balanced_accuracy(scored_test: ScoredTable, *, threshold: float = 0.5, rate: float | None = None) -> Measurement:
    """Mean of the classes' recalls: accuracy that a rare class can't be left out of.

    The mean over classes of the share of the class's rows that are predicted right. A number from 0 to 1; always
    answering one class of K gives 1 / K. Exact; the interval treats each class's recall as a binomial share.

    `threshold` is the score from which a row counts as positive; `rate` flags this share of the rows instead.

    ## What to do
    Look at the recall of each class: one that fell is the reason. Add weight or rows of that class in training, or
    move the threshold; check that its share in train and test is what you expect to meet.
    """
    return measure(scored_test, "balanced_accuracy", threshold=threshold, rate=rate)


@check("performance.precision", better="higher")
def precision(scored_test: ScoredTable, *, threshold: float = 0.5, rate: float | None = None) -> Measurement:
    """Share of the rows called positive that are positive.

    True positives over all rows called positive; two classes. A share, 0 to 1; exact; its denominator is the number
    of rows called positive, which the record keeps as the support.

    `threshold` is the score from which a row counts as positive; `rate` flags this share of the rows instead (the
    precision among the top 5% is `rate = 0.05`).

    ## What to do
    False alarms cost precision: raise the threshold if recall can pay for it. If positives became rarer, precision
    falls with the same model; compare the share of positives in train and test. Read the slices for where the false
    alarms come from.
    """
    return measure(scored_test, "precision", threshold=threshold, rate=rate)


@check("performance.recall", better="higher", plan=planning.share("performance.recall", of_positives=True))
def recall(scored_test: ScoredTable, *, threshold: float = 0.5, rate: float | None = None) -> Measurement:
    """Share of the positives that are found.

    True positives over all positives; two classes. A share, 0 to 1; exact; its denominator is the number of
    positives, so a rare class makes wide intervals whatever the number of rows.

    `threshold` is the score from which a row counts as positive; `rate` flags this share of the rows instead (the
    recall of the top 5% is `rate = 0.05`).

    ## What to do
    Lower the threshold if precision can pay for it. Otherwise look at the positives that are missed: a slice, a label
    that is set late, a feature that is missing for them.
    """
    return measure(scored_test, "recall", threshold=threshold, rate=rate)


@check("performance.f1", better="higher")
def f1(scored_test: ScoredTable, *, threshold: float = 0.5, rate: float | None = None) -> Measurement:
    """Harmonic mean of precision and recall of the positive class.

    2 TP / (2 TP + FP + FN); two classes. A number from 0 to 1; exact; the interval is the delta method's.

    `threshold` is the score from which a row counts as positive; `rate` flags this share of the rows instead.

    ## What to do
    F1 says that something is wrong with the positives and not what: read `precision` and `recall`. It depends on the
    threshold and on how rare positives are; compare models at the same of both.
    """
    return measure(scored_test, "f1", threshold=threshold, rate=rate)


@check("performance.mcc", better="higher")
def mcc(scored_test: ScoredTable, *, threshold: float = 0.5, rate: float | None = None) -> Measurement:
    """Matthews' correlation between what is predicted and what is.

    The correlation coefficient of the two binary columns (Matthews 1975); from -1 to 1, 0 for answers that know
    nothing of the label. Exact; the interval is the delta method's. Rows that are all called one class have no
    correlation, and it is 0 by convention, as scikit-learn's.

    `threshold` is the score from which a row counts as positive; `rate` flags this share of the rows instead.

    ## What to do
    As it needs both classes to be right, read `recall` and `balanced_accuracy` to see which is not.
    """
    return measure(scored_test, "mcc", threshold=threshold, rate=rate)
