"""Averages over the classes of a model of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, check
from mlgate_performance import planning
from mlgate_performance.measuring import measure

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("performance.macro_f1", better="higher", plan=planning.mean_recall("performance.macro_f1"))
def macro_f1(scored_test: ScoredTable) -> Measurement:
    """F1 of each class, averaged with every class counting the same.

    The unweighted mean over classes of 2 TP / (2 TP + FP + FN); more than two classes. From 0 to 1; exact. The
    primary metric of a model of many classes.

    ## What to do
    One rare class can move it: read the F1 per class and the rows behind it before anything else. A class that the
    model never answers counts 0.
    """
    return measure(scored_test, "macro_f1")


@check("performance.micro_f1", better="higher")
def micro_f1(scored_test: ScoredTable) -> Measurement:
    """F1 over all classes' counts together.

    With one class per row this equals accuracy; more than two classes. From 0 to 1; exact.

    ## What to do
    As for `accuracy`. If `macro_f1` is much lower, the rare classes are the ones that suffer.
    """
    return measure(scored_test, "micro_f1")


@check("performance.weighted_f1", better="higher")
def weighted_f1(scored_test: ScoredTable) -> Measurement:
    """F1 of each class, averaged by how many rows each class has.

    More than two classes. From 0 to 1; exact. Frequent classes decide.

    ## What to do
    Compare with `macro_f1`: if both fell, it is the frequent classes; if this alone did, look at the largest class.
    """
    return measure(scored_test, "weighted_f1")


@check("performance.macro_recall", better="higher", plan=planning.mean_recall("performance.macro_recall"))
def macro_recall(scored_test: ScoredTable) -> Measurement:
    """Recall of each class, averaged with every class counting the same.

    The unweighted mean over classes of the share of the class's rows that are found; more than two classes. From 0
    to 1; exact; the same number as `balanced_accuracy`.

    ## What to do
    Find the class whose recall fell, and the class its rows are now taken for.
    """
    return measure(scored_test, "macro_recall")


@check("performance.micro_recall", better="higher", plan=planning.share("performance.micro_recall"))
def micro_recall(scored_test: ScoredTable) -> Measurement:
    """Recall over all classes' counts together.

    With one class per row this equals accuracy; more than two classes. From 0 to 1; exact.

    ## What to do
    As for `accuracy`. If `macro_recall` is much lower, the rare classes are the ones that suffer.
    """
    return measure(scored_test, "micro_recall")


@check("performance.weighted_recall", better="higher", plan=planning.share("performance.weighted_recall"))
def weighted_recall(scored_test: ScoredTable) -> Measurement:
    """Recall of each class, averaged by how many rows each class has.

    With one class per row this equals accuracy; more than two classes. From 0 to 1; exact.

    ## What to do
    As for `accuracy`. If `macro_recall` is much lower, the rare classes are the ones that suffer.
    """
    return measure(scored_test, "weighted_recall")
