"""Losses by group: how badly is the worst served group served?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mlgate import Measurement, check
from mlgate_fairness.asking import Grouping, compare
from mlgate_fairness.shape import Shape
from mlgate_fairness.subjects import MIN_ROWS, MIN_SUPPORT, Intersections

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.bounded_group_loss", better="lower")
def bounded_group_loss(
    scored_test: ScoredTable,
    *,
    intersections: Intersections = "all",
    loss: Literal["absolute", "square", "zero_one", "log"] | None = None,
    threshold: float = 0.5,
    min_rows: int = MIN_ROWS,
    min_support: int = MIN_SUPPORT,
) -> Measurement:
    """The mean loss of the group that the model serves worst.

    The largest mean loss of a group (Agarwal, Dudik & Wu 2019, Fair regression: ICML; fairlearn's BoundedGroupLoss): of
    numbers the absolute error (`loss = "square"` for the squared one), of classes the share of wrong decisions
    (`"square"` for the Brier score, `"log"` for the log loss). In the loss's own unit, so there is no rule by default:
    state with `at_most` which loss you would not have any group bear.

    Groups are the values of each `sensitive` column and of columns crossed (`intersections`: "all" crosses pairs and
    all of them, "pairs", or "none"). The interval is right for the worst of many groups: groups that differ by chance
    alone do not widen the gap. A group with fewer than `min_rows` rows, or fewer than `min_support` in the metric's
    denominator, is shown, keeps the rule from passing and never makes it fail. Every group's own number is in the
    record.

    `loss` names the loss; `threshold` is the score from which a row is decided positive.

    ## What to do
    More rows of the group named in training, or features that matter there. fairlearn's
    `reductions.ExponentiatedGradient` (or GridSearch) with `BoundedGroupLoss(ZeroOneLoss(), upper_bound=...)` minimizes
    the overall loss under this very bound; `postprocessing.ThresholdOptimizer` is of no help for numbers.
    docs/fairness.md runs them.
    """
    from mlgate import Scale
    from mlgate_fairness.numbers import loss_unit, losses, mean_families

    name, lost = losses(scored_test, loss, threshold)
    scale = Scale.SCORE if name == "error rate" else Scale.LOG
    families = mean_families(scored_test, name, lost, scale, intersections)
    asked = Grouping(intersections=intersections, min_rows=min_rows, min_support=min_support)
    return compare(scored_test, families, Shape.LEVEL, asked, unit=loss_unit(name))
