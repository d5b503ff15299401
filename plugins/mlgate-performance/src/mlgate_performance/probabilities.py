"""Metrics of scores that are meant as probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, Part, check
from mlgate.tabular import Task
from mlgate_performance.measuring import measure, only_where_it_stands

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

ECE_LIMIT = 0.05
SLOPE_BAND = [0.8, 1.25]


@check("performance.log_loss", better="lower")
def log_loss(scored_test: ScoredTable) -> Measurement:
    """Mean negative log of the probability that the model gave to what happened.

    Cross entropy in nats; two classes or many; 0 is perfect, always answering the shares of the classes gives their
    entropy, and there is no upper end. Probabilities are kept away from 0 and 1 by the smallest step of a 64-bit
    float, as scikit-learn does. Exact; Student's interval for a mean.

    ## What to do
    A few rows with sure and wrong answers dominate it: look at the rows with the largest loss. If `roc_auc` is well
    and this is not, the scores need calibrating (`performance.calibration`), not the model.
    """
    return measure(scored_test, "log_loss")


@check("performance.brier", better="lower")
def brier(scored_test: ScoredTable) -> Measurement:
    """Mean squared distance between the probability of the positive class and what happened.

    Brier (1950, Monthly Weather Review 78); two classes. From 0 to 1, lower is better; always answering the share p
    of positives gives p (1 - p). Exact; Student's interval for a mean.

    ## What to do
    It is calibration and ranking in one: see `performance.calibration` and `roc_auc` for which of the two is at
    fault. It falls by itself where positives get rarer.
    """
    return measure(scored_test, "brier")


@check("performance.ece", better="lower")
def ece(scored_test: ScoredTable) -> Measurement:
    """Expected calibration error: how far scores are from the shares that they promise.

    Rows are put into bins by score; the mean over rows of the distance between a bin's mean score and its share of
    positives (Naeini et al. 2015, AAAI); two classes. From 0 to 1. Its value depends on the bins and is a little
    above 0 even for a perfectly calibrated model, the more so on few rows: the interval takes that off, and starts at 0
    where chance alone explains the number.

    ## What to do
    As for `performance.calibration`, which blocks only where the slope is off as well.
    """
    return measure(scored_test, "ece")


@check(
    "performance.calibration",
    better="lower",
    default={"any_of": [{"at_most": ECE_LIMIT}, {"between": SLOPE_BAND, "of": "slope"}]},
)
def calibration(scored_test: ScoredTable) -> Measurement:
    """Whether scores can be read as probabilities: calibration error, slope and intercept.

    The number is the expected calibration error (see `performance.ece`). The parts are the slope and the intercept of
    a logistic regression of the label on the score's logit (Cox 1958; Van Calster et al. 2016, J Clin Epidemiol 74):
    slope 1 and intercept 0 is calibrated, a slope under 1 is overconfident (overfitted), above 1 is too timid; an
    intercept above 0 means that more happens than the scores say. Two classes. The record keeps the curve.

    By default this blocks only where both are shown: an error above 0.05, and a slope outside 0.8 to 1.25. Either
    alone is common in models that are used for ranking.

    Approximate: the error depends on its bins; slope and intercept are fitted on binned scores where the table is
    large.

    ## What to do
    Calibrate on rows that were not trained on: scikit-learn's CalibratedClassifierCV, Platt's scaling for a slope that
    is off, isotonic regression for a bent curve. If rows were re-weighted or resampled in training, undo it in the
    scores. If only ranks are used, state `level = "observe"` for this check.
    """
    if scored_test.task is Task.BINARY:
        with only_where_it_stands():
            scored_test.scores()
    error, slope, intercept, curve = scored_test.calibration()  # scores that are no probabilities fail its rule
    return Measurement(
        error,
        parts=(Part("slope", slope), Part("intercept", intercept)),
        data={"curve": curve},
    )
