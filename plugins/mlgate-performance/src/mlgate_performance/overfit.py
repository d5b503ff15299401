"""The training table against the test table: what was learned by heart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlgate import Estimate, Measurement, Part, Spread, check
from mlgate.tabular import Metric
from mlgate_performance.baseline import compare_with_trivial
from mlgate_performance.primary import gain, is_bounded, label_spread, primary, standard_error

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

GAP, LEAST_GAIN = 0.10, 0.05


@check(
    "performance.overfit",
    better="lower",
    default={"any_of": [{"at_most": GAP}, {"at_least": LEAST_GAIN, "of": "over_baseline"}]},
)
def overfit(
    scored_test: ScoredTable,
    scored_train: ScoredTable,
    *,
    metric: str | None = None,
    threshold: float = 0.5,
    rate: float | None = None,
) -> Measurement:
    """How much better the model is on the rows it was trained on than on the test rows.

    The primary metric (roc_auc, macro_f1, rmse; `metric` names another) on the training table less the same on the
    test table, turned so that above 0 is overfitted. Errors in the label's unit are divided by the label's standard
    deviation in the test table, so that 0.10 is 10% of what always answering the mean is off. The tables are different
    rows: the interval is that of a difference of independent estimates.

    The part `over_baseline` is how much better the model is on the test rows than the best trivial predictor (see
    `performance.baseline`). For losses and errors the part `relative` is the test error's growth over the training
    error, as a share: 0.25 is 25%.

    By default this blocks only where both are shown: a gap above 0.10, and a model that beats the trivial predictor by
    less than 0.05 on the test rows. A gap alone is no harm: a random forest knows its training rows by heart, with a
    gap of 0.2 on a thousand rows, and is good on new ones. State `at_most` to block on the gap alone, or
    `at_most = 0.25` with `of = "relative"` for errors.

    `threshold` and `rate` are handed to metrics that need a decision.

    ## What to do
    Restrict the model: shallower trees, larger leaves, fewer rounds with early stopping, stronger regularization; or
    give it more rows. If the gap is small in cross-validation and large here, the test table is of another time or
    place than the training table.
    """
    about = primary(scored_test, metric)
    train = scored_train.metric(about.name, threshold=threshold, rate=rate)
    test = scored_test.metric(about.name, threshold=threshold, rate=rate)
    over = compare_with_trivial(scored_test, scored_train.table, about).gain
    relative = () if is_bounded(about) or train.value <= 0 else (Part("relative", _growth(train, test)),)
    return Measurement(
        _gap(train, test, about, label_spread(scored_test, about)),
        parts=(Part("over_baseline", over), *relative),
        notes=(f"{about.name} is {train.value:.4g} on the training rows and {test.value:.4g} on the test rows.",),
        data={"metric": about.name, "train": train.value, "test": test.value},
    )


def _gap(train: Estimate, test: Estimate, metric: Metric, unit: float) -> Estimate:
    value = gain(metric) * (train.value - test.value) / unit
    se = math.hypot(standard_error(train), standard_error(test)) / unit
    return Estimate(value, test.n, Spread("independent difference", se), test.support)


def _growth(train: Estimate, test: Estimate) -> Estimate:
    """Test over training less 1, by the delta method."""
    ratio = test.value / train.value
    se = math.hypot(standard_error(test), ratio * standard_error(train)) / train.value
    return Estimate(ratio - 1, test.n, Spread("delta", se), test.support)
