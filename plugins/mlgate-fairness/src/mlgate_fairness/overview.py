"""Every metric of every group, for people to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Estimate, Measurement, check
from mlgate_fairness.subjects import MIN_ROWS, MIN_SUPPORT, Intersections, Sizes

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.group_metrics", unit="groups")
def group_metrics(
    scored_test: ScoredTable,
    *,
    intersections: Intersections = "all",
    threshold: float = 0.5,
    min_rows: int = MIN_ROWS,
    min_support: int = MIN_SUPPORT,
    pooling: bool = False,
) -> Measurement:
    """The groups that are compared, and every metric of each, with its interval.

    The number is how many groups there are. Their metrics are the slices of the measurement: of two classes the
    selection rate, the true positive, false positive and false negative rates, precision, accuracy, and from scores the
    AUC, the mean prediction and the mean error (calibration in the large); of many classes the rates once per class;
    of numbers the mean prediction, the mean error and the mean absolute error. A metric that a group does not have (no
    positives, nobody predicted positive) is left out, and a note names it. Nothing is judged here.

    Groups are the values of each `sensitive` column and of columns crossed (`intersections`: "all" crosses pairs and
    all of them, "pairs", or "none"); missing values are a group of their own, named null. `threshold` is the score
    from which a row is decided positive. A note counts the groups with fewer than `min_rows` rows, or fewer than
    `min_support` in a metric's denominator. `pooling = true` draws the shares of small groups towards the common one
    (partial pooling by empirical Bayes), which steadies their ranking.

    ## What to do
    Nothing by itself. Read it when another check of this family names a group, before fairlearn's
    `postprocessing.ThresholdOptimizer` or `reductions.ExponentiatedGradient` are tried (docs/fairness.md).
    """
    from mlgate_fairness.comparing import slices
    from mlgate_fairness.everything import every_family, notes

    families = every_family(scored_test, intersections, threshold, pooling=pooling)
    groups = {tuple(keys.items()) for family in families for keys in family.values.keys}
    return Measurement(
        Estimate(float(len(groups)), scored_test.rows),
        unit="groups",
        slices=tuple(slices(families)),
        notes=notes(families, Sizes(min_rows, min_support), pooling=pooling),
    )
