"""Predictive parity and equal accuracy: is the model right equally often?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, check
from mlgate_fairness.asking import Asked, compare_rates
from mlgate_fairness.shape import Shape

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.predictive_parity_difference", better="lower", default={"at_most": 0.2, "level": "warn"})
def predictive_parity_difference(scored_test: ScoredTable, *, asked: Asked) -> Measurement:
    """How far apart groups are in the share of positive decisions that is right.

    The largest precision minus the smallest: does a yes mean the same in every group (Chouldechova 2017)? With other
    shares of positives it can't hold together with equal error rates, unless the model is perfect. By default a gap
    shown to exceed 0.20 warns; a rule of yours in the gate file blocks.

    ## What to do
    Look at the false alarms in the group named. Calibrate the scores (`fairness.calibration_gap`), then move the
    threshold. fairlearn has no reduction for precision:
    `postprocessing.ThresholdOptimizer(constraints="false_positive_rate_parity")` evens out what costs precision, and
    `reductions.ExponentiatedGradient` with `FalsePositiveRateParity()` trains under it. docs/fairness.md runs both.
    """
    return compare_rates(scored_test, ["precision"], Shape.DIFFERENCE, asked)


@check("fairness.accuracy_difference", better="lower", default={"at_most": 0.2, "level": "warn"})
def accuracy_difference(scored_test: ScoredTable, *, asked: Asked) -> Measurement:
    """How far apart groups are in the share of rows that is decided right.

    The largest accuracy minus the smallest, for two classes or many. Accuracy follows the share of the larger class, so
    a group with rarer positives looks better served: read the error rates beside it. By default a gap shown to exceed
    0.20 warns; a rule of yours in the gate file blocks.

    ## What to do
    More rows of the group in training, or features that matter there. fairlearn's `reductions.ExponentiatedGradient`
    with `ErrorRateParity()` trains under this constraint, and with `BoundedGroupLoss(ZeroOneLoss(), upper_bound=...)`
    bounds the worst group; `postprocessing.ThresholdOptimizer` evens out single rates. docs/fairness.md runs both.
    """
    return compare_rates(scored_test, ["accuracy"], Shape.DIFFERENCE, asked)
