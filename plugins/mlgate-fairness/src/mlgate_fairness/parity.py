"""Demographic parity: are groups selected equally often?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mlgate import Measurement, NotApplicable, check
from mlgate_fairness.asking import Asked, compare_rates
from mlgate_fairness.shape import Shape
from mlgate_fairness.subjects import MIN_ROWS, MIN_SUPPORT, Intersections

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.demographic_parity_difference", better="lower", default={"at_most": 0.2, "level": "warn"})
def demographic_parity_difference(scored_test: ScoredTable, *, asked: Asked) -> Measurement:
    """How far apart groups are in the share of rows that is decided positive.

    The largest selection rate minus the smallest: 0 where all groups are selected equally often, whatever their labels
    (fairlearn's demographic_parity_difference). It asks for equal shares and not for equal errors: where labels differ
    between groups, a perfect model has a gap. By default a gap shown to exceed 0.20 warns; a rule of yours in the gate
    file blocks.

    ## What to do
    Look first whether the labels themselves differ by group as much (`fairness.group_metrics`): then decide which kind
    of fairness is meant, and see `fairness.equalized_odds_difference`. To select more evenly: fairlearn's
    `postprocessing.ThresholdOptimizer(constraints="demographic_parity")` sets a threshold per group;
    `reductions.ExponentiatedGradient` with `DemographicParity()` trains under the constraint. docs/fairness.md runs
    both.
    """
    return compare_rates(scored_test, ["selection_rate"], Shape.DIFFERENCE, asked)


@check("fairness.demographic_parity_ratio", better="higher", default={"at_least": 0.8, "level": "warn"})
def demographic_parity_ratio(scored_test: ScoredTable, *, asked: Asked) -> Measurement:
    """The smallest share of positive decisions in a group over the largest.

    1 where all groups are selected equally often (fairlearn's demographic_parity_ratio). A ratio tells more than a
    difference where few are selected. By default a ratio shown to be under 0.80 warns; a rule of yours in the gate file
    blocks.

    ## What to do
    As for `fairness.demographic_parity_difference`: compare with the labels' own shares in `fairness.group_metrics`,
    then fairlearn's `postprocessing.ThresholdOptimizer(constraints="demographic_parity")` or
    `reductions.ExponentiatedGradient` with `DemographicParity(ratio_bound=0.8)`. docs/fairness.md runs both.
    """
    return compare_rates(scored_test, ["selection_rate"], Shape.RATIO, asked)


@check("fairness.four_fifths", better="higher", default={"at_least": 0.8, "level": "warn"})
def four_fifths(
    scored_test: ScoredTable,
    *,
    favourable: Literal["positive", "negative"] = "positive",
    intersections: Intersections = "all",
    threshold: float = 0.5,
    min_rows: int = MIN_ROWS,
    min_support: int = MIN_SUPPORT,
    pooling: bool = False,
) -> Measurement:
    """The smallest rate of the favourable decision in a group over the largest, held against four fifths.

    A named convention: the Uniform Guidelines on Employee Selection Procedures (29 CFR 1607.4 D, 1978) look closer
    where one group's selection rate is under four fifths of the highest group's. It is a rule of thumb of one field in
    one country. What this check says is a measured ratio and its interval; it does not say that anything is lawful or
    unlawful. `favourable` names the decision that people want: "positive", or "negative" where the positive class is a
    harm (a default, a fraud). By default a ratio shown to be under 0.80 warns; a rule of yours in the gate file blocks.

    Groups are the values of each `sensitive` column and of columns crossed (`intersections`: "all" crosses pairs and
    all of them, "pairs", or "none"). The interval is right for the worst of many groups: groups that differ by chance
    alone do not widen the gap. A group with fewer than `min_rows` rows, or fewer than `min_support` in the metric's
    denominator, is shown, keeps the rule from passing and never makes it fail. `pooling = true` draws the shares of
    small groups towards the common one (partial pooling by empirical Bayes). Every group's own number is in the record.

    `threshold` is the score from which a row is decided positive. The check is one of two classes.

    ## What to do
    Compare with the labels' own shares by group (`fairness.group_metrics`). fairlearn's
    `postprocessing.ThresholdOptimizer(constraints="demographic_parity")` sets a threshold per group, and
    `reductions.ExponentiatedGradient` with `DemographicParity(ratio_bound=0.8)` trains under this very bound.
    docs/fairness.md runs both. Setting thresholds by group is itself restricted by law in some places: ask.
    """
    if len(scored_test.classes) != 2:
        raise NotApplicable("Four fifths are taken of decisions on two classes.")
    asked = Asked("between_groups", intersections, min_rows, min_support, threshold, pooling)
    rate = "selection_rate" if favourable == "positive" else "rejection_rate"
    return compare_rates(scored_test, [rate], Shape.RATIO, asked)
