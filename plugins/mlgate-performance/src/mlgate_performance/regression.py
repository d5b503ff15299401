"""Metrics of predicted numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, check
from mlgate_performance import planning
from mlgate_performance.measuring import measure

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("performance.mae", better="lower", unit="label")
def mae(scored_test: ScoredTable) -> Measurement:
    """Mean absolute error: how far a prediction is off, on average.

    In the label's unit; 0 is perfect. Exact; Student's interval for a mean.

    ## What to do
    Compare with `performance.baseline`. If it grew and `rmse` did not, many rows are a little worse; the other way
    round, few rows are much worse. `performance.bias` tells a constant shift.
    """
    return measure(scored_test, "mae")


@check("performance.rmse", better="lower", unit="label", plan=planning.rmse("performance.rmse"))
def rmse(scored_test: ScoredTable) -> Measurement:
    """Root of the mean squared error: how far a prediction is off, large misses counting most.

    In the label's unit; 0 is perfect. Exact; the interval is the delta method's on the mean of squared errors. The
    primary metric of a regression.

    ## What to do
    Look at the rows with the largest errors first: broken labels and units show there. Then the slices.
    """
    return measure(scored_test, "rmse")


@check("performance.r2", better="higher")
def r2(scored_test: ScoredTable) -> Measurement:
    """Share of the label's variance that the predictions explain.

    1 - squared errors / squared distances from the label's mean, as scikit-learn's r2_score; 1 is perfect, 0 is
    always answering the mean, and it can be negative. Exact; the interval is the delta method's.

    ## What to do
    It depends on how much the label varies in this table: a slice or a period with little variance has a low value
    with the same errors. Read `rmse` beside it.
    """
    return measure(scored_test, "r2")


@check("performance.mape", better="lower")
def mape(scored_test: ScoredTable) -> Measurement:
    """Mean absolute error as a share of the true value.

    The mean of |prediction - label| / |label|; 0.1 is 10%. Refused, with the number of such rows, where a label is 0.
    Exact; Student's interval for a mean.

    ## What to do
    Small labels dominate it: look at them first. It favours predictions that are too low; where that matters, judge
    by `mae` or by `quantile_loss`.
    """
    return measure(scored_test, "mape")


@check("performance.bias", better="neither", unit="label")
def bias(scored_test: ScoredTable) -> Measurement:
    """Mean of prediction minus label: whether predictions are too high or too low as a whole.

    In the label's unit; 0 is unbiased, above 0 is too high. Exact; Student's interval for a mean. State a band for it
    with `between`.

    ## What to do
    A shift that is the same in every slice is a change of level since training: refit, or correct the constant. One
    that stands in a slice is a missing feature there.
    """
    return measure(scored_test, "bias")


@check("performance.quantile_loss", better="lower", unit="label")
def quantile_loss(scored_test: ScoredTable, *, quantile: float = 0.5) -> Measurement:
    """Pinball loss: the error of a prediction that is meant as a quantile.

    The mean of q (y - f) where the label y is above the prediction f and (1 - q) (f - y) where it is below (Koenker
    and Bassett 1978, Econometrica 46), as scikit-learn's mean_pinball_loss. In the label's unit; 0 is perfect; with
    q = 0.5 it is half the mean absolute error. Exact; Student's interval for a mean.

    `quantile` is the q that the model was trained for, between 0 and 1.

    ## What to do
    Check that the model predicts this quantile and not the mean; then look whether the share of labels under the
    prediction is q.
    """
    return measure(scored_test, "quantile_loss", quantile=quantile)


@check("performance.coverage", better="neither")
def coverage(scored_test: ScoredTable, *, low: str, high: str) -> Measurement:
    """Share of labels that lie in the interval that was given for them.

    The test table holds the bounds of each row's interval in two columns, which `low` and `high` name; a bound itself
    lies inside. A share, 0 to 1; exact; Wilson's interval. It runs only where the gate file sets both; intervals that
    claim 90% are right with `between = [0.88, 0.92]`.

    ## What to do
    Too low: the intervals are too narrow; widen them on rows that were not trained on (split conformal prediction).
    Too high: they promise less than they could. Right overall and wrong in a slice: make the widths depend on what
    tells the slice.
    """
    return measure(scored_test, "coverage", low=low, high=high)
