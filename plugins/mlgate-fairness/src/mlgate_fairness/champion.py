"""The candidate's gap beside the champion's, on the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mlgate import Measurement, check
from mlgate_fairness.asking import Asked
from mlgate_fairness.subjects import MIN_ROWS, MIN_SUPPORT, Intersections, Method

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

Gap = Literal[
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "four_fifths",
    "equal_opportunity_difference",
    "equalized_odds_difference",
    "equalized_odds_ratio",
    "predictive_parity_difference",
    "accuracy_difference",
    "calibration_gap",
    "auc_gap",
    "bounded_group_loss",
    "generalized_entropy",
]


@check(
    "fairness.vs_champion",
    better="lower",
    default={"any_of": [{"at_most": 0.2}, {"not_worse_than_champion": {"margin": 0.05}}], "level": "warn"},
)
def vs_champion(
    scored_test: ScoredTable,
    *,
    metric: Gap | None = None,
    method: Method = "between_groups",
    intersections: Intersections = "all",
    threshold: float = 0.5,
    loss: Literal["absolute", "square", "zero_one", "log"] | None = None,
    favourable: Literal["positive", "negative"] = "positive",
    min_rows: int = MIN_ROWS,
    min_support: int = MIN_SUPPORT,
) -> Measurement:
    """Whether groups are further apart than under the champion, and far apart at all.

    The candidate's gap, the champion's, and their paired difference on the same rows. `metric` names the gap, each of
    which has a check of its own by that name: equalized_odds_difference where nothing is said, calibration_gap in a
    regression. Of ratios (`demographic_parity_ratio`, `equalized_odds_ratio`, `four_fifths`) the number is what they
    fall short of 1, so that 0.2 is four fifths; of `bounded_group_loss` it is the loss of the group served worst (with
    `loss` as there, in a regression in the label's standard deviations), and of `generalized_entropy` the part between
    groups, for the columns where the candidate's is largest. `favourable` is that of `fairness.four_fifths`.

    A gap that grew under a champion that hardly has one is no harm yet, and a wide one that was always there is none
    that this candidate brings: by default it warns where both are shown, a gap above 0.20 and one wider than the
    champion's by more than 0.05. The same in your gate file, as `any_of`, blocks.

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
    from mlgate_fairness.against import against_champion, entropies
    from mlgate_fairness.gaps import gap

    usual = "equalized_odds_difference" if scored_test.classes else "calibration_gap"
    name, asked = metric or usual, Asked(method, intersections, min_rows, min_support, threshold)
    if name == "generalized_entropy":
        return entropies(scored_test, asked)
    return against_champion(scored_test, gap(scored_test, name, asked, loss, favourable), name, asked)
