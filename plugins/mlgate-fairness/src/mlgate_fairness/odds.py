"""Equal opportunity and equalized odds: are errors spread evenly over groups?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, check
from mlgate_fairness.asking import Asked, compare_rates
from mlgate_fairness.shape import Shape

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.equal_opportunity_difference", better="lower", default={"at_most": 0.2, "level": "warn"})
def equal_opportunity_difference(scored_test: ScoredTable, *, asked: Asked) -> Measurement:
    """How far apart groups are in the share of positives that is found.

    The largest true positive rate minus the smallest: of those who are positive, does each group get its yes equally
    often (Hardt, Price & Srebro 2016; fairlearn's equal_opportunity_difference)? A group without positives has no such
    rate; it is named, and the rule does not pass. By default a gap shown to exceed 0.20 warns; a rule of yours in the
    gate file blocks.

    ## What to do
    Look at the positives that are missed in the group named: too few rows of it in training, a feature that means
    something else there, labels that are set later. fairlearn's
    `postprocessing.ThresholdOptimizer(constraints="true_positive_rate_parity")` sets thresholds per group,
    `reductions.ExponentiatedGradient` with `TruePositiveRateParity()` trains under the constraint. docs/fairness.md
    runs both.
    """
    return compare_rates(scored_test, ["true_positive_rate"], Shape.DIFFERENCE, asked)


@check("fairness.equalized_odds_difference", better="lower", default={"at_most": 0.2, "level": "warn"})
def equalized_odds_difference(scored_test: ScoredTable, *, asked: Asked) -> Measurement:
    """How far apart groups are in either kind of error, the worse of the two.

    The larger of two gaps: that of the true positive rates and that of the false positive rates (Hardt, Price & Srebro
    2016; fairlearn's equalized_odds_difference). The parts `true_positive_rate` and `false_positive_rate` hold each by
    itself. By default a gap shown to exceed 0.20 warns; a rule of yours in the gate file blocks.

    ## What to do
    The note says which rate and which groups. fairlearn's
    `postprocessing.ThresholdOptimizer(constraints="equalized_odds")` sets (randomized) thresholds per group,
    `reductions.ExponentiatedGradient` with `EqualizedOdds()` trains under the constraint. docs/fairness.md runs both.
    More rows of the group, or a feature that matters there, mend more than either.
    """
    return compare_rates(scored_test, ["true_positive_rate", "false_positive_rate"], Shape.DIFFERENCE, asked)


@check("fairness.equalized_odds_ratio", better="higher", default={"at_least": 0.8, "level": "warn"})
def equalized_odds_ratio(scored_test: ScoredTable, *, asked: Asked) -> Measurement:
    """The smallest ratio of groups' error rates, the worse of true and false positives.

    The smaller of two ratios: smallest over largest true positive rate, and the same of false positive rates
    (fairlearn's equalized_odds_ratio). Where false positives are rare, their ratio is unsteady: read the interval. By
    default a ratio shown to be under 0.80 warns; a rule of yours in the gate file blocks.

    ## What to do
    As for `fairness.equalized_odds_difference`: fairlearn's
    `postprocessing.ThresholdOptimizer(constraints="equalized_odds")`, or `reductions.ExponentiatedGradient` with
    `EqualizedOdds(ratio_bound=0.8)`. docs/fairness.md runs both.
    """
    return compare_rates(scored_test, ["true_positive_rate", "false_positive_rate"], Shape.RATIO, asked)
