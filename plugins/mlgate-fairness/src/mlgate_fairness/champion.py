"""The candidate's gap beside the champion's, on the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mlgate import Measurement, NotApplicable, check
from mlgate_fairness.asking import Asked
from mlgate_fairness.subjects import MIN_ROWS, MIN_SUPPORT, Intersections, Method

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

Gap = Literal[
    "demographic_parity_difference",
    "equal_opportunity_difference",
    "equalized_odds_difference",
    "predictive_parity_difference",
    "accuracy_difference",
]


@check(
    "fairness.vs_champion",
    better="lower",
    default={"any_of": [{"at_most": 0.2}, {"not_worse_than_champion": {"margin": 0.05}}], "level": "warn"},
)
def vs_champion(
    scored_test: ScoredTable,
    *,
    metric: Gap = "equalized_odds_difference",
    method: Method = "between_groups",
    intersections: Intersections = "all",
    threshold: float = 0.5,
    min_rows: int = MIN_ROWS,
    min_support: int = MIN_SUPPORT,
) -> Measurement:
    """Whether groups are further apart than under the champion, and far apart at all.

    The candidate's gap, the champion's, and their paired difference on the same rows; `metric` names the gap (each has
    a check of its own by that name). A gap that grew under a champion that hardly has one is no harm yet, and a wide
    one that was always there is none that this candidate brings: by default it warns where both are shown, a gap above
    0.20 and one wider than the champion's by more than 0.05. The same in your gate file, as `any_of`, blocks.

    Groups are the values of each `sensitive` column and of columns crossed (`intersections`: "all", "pairs" or "none").
    `method` holds groups against each other ("between_groups") or each against all rows ("to_overall"). Both gaps are
    the worst of many groups, each by its own worst groups, and the interval of their difference allows for that. A
    group with fewer than `min_rows` rows, or fewer than `min_support` in the metric's denominator, is shown, keeps the
    rule from passing and never makes it fail. `threshold` is the score from which a row is decided positive.

    ## What to do
    The note names the groups. Look at what changed for them between the two trainings: rows that were dropped, a
    category that was merged, a new feature that stands for the group. fairlearn's `postprocessing.ThresholdOptimizer`
    narrows the candidate's gap per group, `reductions.ExponentiatedGradient` trains under a constraint;
    docs/fairness.md runs both.
    """
    from mlgate_fairness.against import against_champion

    if len(scored_test.classes) == 0:
        raise NotApplicable("Gaps of decisions are compared, and this is a regression.")
    asked = Asked(method, intersections, threshold, min_rows, min_support)
    return against_champion(scored_test, metric, asked)
