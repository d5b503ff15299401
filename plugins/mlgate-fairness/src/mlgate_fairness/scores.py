"""Scores by group: do they mean the same, and do they rank as well?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, check
from mlgate_fairness.asking import Grouping, compare
from mlgate_fairness.shape import Shape

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.calibration_gap", better="lower", default={"at_most": 0.2, "level": "warn"})
def calibration_gap(scored_test: ScoredTable, *, asked: Grouping) -> Measurement:
    """How far apart groups are in what scores promise beyond what happens.

    In every group, the mean score minus the share of positives (calibration in the large): above 0 the group's risk is
    overstated, below 0 understated. The number is the largest such error minus the smallest. It sees a score that is
    too high for a whole group, and not one that is too high at one end and too low at the other:
    `performance.calibration` and its curve show that. In a regression it is the gap of mean errors, in standard
    deviations of the label. By default a gap shown to exceed 0.20 warns; a rule of yours in the gate file blocks.

    ## What to do
    Recalibrate on rows that hold enough of each group, with the group as an input where that is allowed (scikit-learn's
    CalibratedClassifierCV by group). fairlearn's `postprocessing.ThresholdOptimizer` moves thresholds per group where
    scores can't be mended, and `reductions.ExponentiatedGradient` retrains. docs/fairness.md runs both.
    """
    from mlgate import Scale
    from mlgate_fairness.numbers import label_scale, mean_errors, mean_families

    errors = mean_errors(scored_test) / label_scale(scored_test)
    families = mean_families(scored_test, "mean error", errors, Scale.IDENTITY, asked.intersections)
    return compare(scored_test, families, Shape.DIFFERENCE, asked)


@check("fairness.auc_gap", better="lower", default={"at_most": 0.2, "level": "warn"})
def auc_gap(scored_test: ScoredTable, *, asked: Grouping) -> Measurement:
    """How far apart groups are in the area under the ROC curve.

    The largest AUC of a group minus the smallest: does the score rank the rows of each group as well? DeLong's
    variances (1988). Its denominator is the smaller of a group's two classes. Exact for up to 65,536 distinct scores;
    beyond, or with hundreds of groups, bins of scores change it by less than 0.0001. By default a gap shown to exceed
    0.20 warns; a rule of yours in the gate file blocks.

    ## What to do
    A group that is ranked worse lacks rows in training, or the features that matter there: add them. No threshold mends
    a ranking. fairlearn's `reductions.ExponentiatedGradient` and `postprocessing.ThresholdOptimizer` (docs/fairness.md)
    even out decisions, not ranks.
    """
    from mlgate_fairness.ranking import auc_families

    return compare(scored_test, auc_families(scored_test, asked.intersections), Shape.DIFFERENCE, asked)
