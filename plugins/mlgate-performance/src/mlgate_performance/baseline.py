"""The candidate against predictors that know next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlgate import Estimate, Measurement, check
from mlgate.tabular import Metric
from mlgate_performance.primary import gain, label_spread, primary, scaled

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable, Table

LEAST_GAIN = 0.001


@dataclass(frozen=True, slots=True)
class Rivals:
    """The metric of every trivial predictor, the best of them, and the candidate's gain over that (above 0: better)."""

    values: Mapping[str, float]
    best: str
    gain: Estimate


@check("performance.baseline", better="higher", default={"at_least": LEAST_GAIN})
def baseline(
    scored_test: ScoredTable,
    train: Table | None = None,
    *,
    metric: str | None = None,
    features: tuple[str, ...] = (),
) -> Measurement:
    """How much better the model is than the best predictor that needs no model.

    The rivals: always the share of each class (roc_auc 0.5; as a decision, the most frequent class); for a regression
    always the mean, and always the median; and one split on one column, the one that a decision tree of depth one
    chooses. The measurement is the candidate's primary metric (roc_auc, macro_f1, rmse; `metric` names another) less
    the best rival's on the same rows, turned so that above 0 is better; paired. Errors in the label's unit are divided
    by the label's standard deviation.

    The rivals learn from the training table where the run has one. Without it they learn from the test table by
    cross-fitting: the split that answers a row was learned from other rows (other entities), and constants, one number
    each, from all rows. Which rival is the best is seen on the test rows themselves. A split is learned from at most
    5,000 rows, and texts of more than 100 different values are no column for it.

    By default this blocks where the model is shown not to be better by 0.001.

    `features` names the columns a split may use; without it, all but label, entity, time and weight. Name them where
    the table holds columns that the model does not get, an old score or an outcome: a split on those is no fair rival.

    ## What to do
    A model no better than one split is broken or useless: check that features arrive as in training (names, order,
    units, missing values), that the label is the right column and `positive` the right class. If the best rival is one
    split on a column that the model never sees, name the model's columns in `features`.
    """
    about = primary(scored_test, metric)
    rivals = compare_with_trivial(scored_test, train, about, features)
    return Measurement(
        rivals.gain,
        notes=(f"The best trivial predictor is {rivals.best}, with {about.name} {rivals.values[rivals.best]:.4g}.",),
        data={"metric": about.name, "best": rivals.best, "baselines": dict(rivals.values)},
    )


def compare_with_trivial(
    scored: ScoredTable, train: Table | None, metric: Metric, features: tuple[str, ...] = ()
) -> Rivals:
    """The trivial predictors, and the candidate's gain over the best of them, paired on the test rows."""
    from mlgate_performance.trivial import trivial_predictors

    beside = {each.name: scored.versus(each.predictions) for each in trivial_predictors(scored, train, features)}
    values = {name: both.champion_metric(metric.name).value for name, both in beside.items()}
    best = max(values, key=lambda name: gain(metric) * values[name])
    difference = beside[best].compare(metric.name).difference
    return Rivals(values, best, scaled(difference, gain(metric) / label_spread(scored, metric)))
