"""The candidate against the champion on the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, Stage, check
from mlgate_performance import planning
from mlgate_performance.measuring import compare
from mlgate_performance.primary import primary

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check(
    "performance.vs_champion",
    stage=Stage.PRIMARY,
    default={"not_worse_than_champion": {"margin": 0.01, "relative_margin": 0.02}},
    plan=planning.vs_champion,
)
def vs_champion(
    scored_test: ScoredTable, *, metric: str | None = None, threshold: float = 0.5, rate: float | None = None
) -> Measurement:
    """The primary metric of the candidate against the champion's, on the same rows.

    The primary metric is roc_auc for two classes, macro_f1 for more, rmse for a regression; `metric` names another.
    Of a model that gives labels alone the roc_auc is the balanced_accuracy, which is what is taken then.
    Both models answer every row, so the difference is paired: what makes a row hard is hard for both and cancels,
    and the interval is far narrower than that of two separate measurements. The unit is the metric's.

    By default the candidate must be shown not to be worse than the champion by more than 0.01, or by more than 2% of
    the champion's number for metrics without an upper end (losses and errors). This is the one rule that asks for
    proof: if the rows can't decide it, the run is undecided. `mlgate plan` tells how many rows would.

    `threshold` and `rate` are handed to metrics that need a decision. Approximate where the metric is (see its page).

    ## What to do
    Failed: look where the difference comes from: the metric's page (`mlgate explain performance.roc_auc`), the slices
    (`performance.slices_vs_champion`), the rows that flipped (`performance.negative_flips`). Inconclusive: add the
    rows that the message asks for, or state a margin that you can live with. A worse metric that was wanted (another
    objective, fewer features) is a wider `margin` in the gate file or a waiver with a reason.
    """
    about = primary(scored_test, metric)
    comparison = compare(scored_test, about, threshold=threshold, rate=rate)
    return Measurement(
        scored_test.metric(about.name, threshold=threshold, rate=rate),
        unit=about.unit,
        comparison=comparison,
        notes=(f"The primary metric is {about.name}; {about.better} is better.",),
        data={"metric": about.name},
    )


@check(
    "performance.negative_flips",
    better="lower",
    default={"at_most": 0.05, "level": "warn"},
    plan=planning.negative_flips,
)
def negative_flips(scored_test: ScoredTable) -> Measurement:
    """Share of rows that the champion gets right and the candidate gets wrong.

    Two models of the same accuracy can be wrong on different rows, and users notice the rows that broke (Yan et al.
    2021, Positive-congruent training, CVPR). A share of all rows, 0 to 1; exact; Wilson's interval. Two classes are
    decided at a score of 0.5.

    By default a rate shown to be above 0.05 warns; it does not block.

    ## What to do
    Look at the flipped rows together: one slice or one feature often explains them. Flips without a pattern are the
    noise of refitting: fewer with an ensemble, with a fixed seed, or by training on the champion's answers
    (distillation).
    """
    return Measurement(scored_test.flips())
