"""`data.prediction_drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Json, NotApplicable, Stage
from mlgate_data.drift.answers import answers_of, learned_by_heart, number_of
from mlgate_data.drift.impact import Impact, impacts
from mlgate_data.drift.moving import largest_move, moved
from mlgate_data.drift.sampling import sampled
from mlgate_data.drift.sides import compared, features
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps, of

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

MOVED = 0.05
_SHOWN = 5
_RECORDED = 200


@data_check(
    "data.prediction_drift",
    better="lower",
    stage=Stage.DECLARED,
    default={"at_most": 0.10, "between": {"of": "share", "value": [-MOVED, MOVED], "level": "warn"}},
)
def prediction_drift(
    data: Data,
    candidate: object | None = None,
    scored_train: ScoredTable | None = None,
    scored_test: ScoredTable | None = None,
    *,
    scores: bool = False,
) -> Steps:
    """How far the model's predictions have moved between the training table and the test table: PSI.

    PSI of the predicted classes, or of the deciles of predicted numbers, as `data.drift` measures it. By default it
    blocks where PSI is shown to be above 0.10, and warns where the share of a class (of numbers: of rows above the
    training table's median prediction), the part `share`, is shown to have moved by more than 5 points.

    It also says what moves them. For every column: the sum over its bins of (share in test - share in train) times the
    mean score in the bin, which is how far the mean score moves if this column's distribution moves as it did and all
    else stays. It is told as a share of the scores' spread, and of the move of their mean. So a column that drifts and
    does not matter is told from one that does. Mean scores are of at most 2,000 training rows.

    A model answers rows it learned from otherwise than new ones. Classes and numbers bear that; the scores of a forest
    do not, and so `scores = true` (two classes: PSI over deciles of the score) is for models that do not learn rows by
    heart. Where accuracy (R2 of numbers) is more than 0.10 better on train than on test, predictions on train are no
    reference, and the check is skipped: see `performance.overfit`.

    ## What to do
    Begin with the columns that move the predictions most. If what moved is real, the predictions may be right to move:
    look at `data.label_drift` and at calibration on the test table before you train again.
    """
    if scored_train is None or scored_test is None:
        raise NotApplicable(
            "there are no predictions on both tables.", hint="Name --model, --train, --test and --label."
        )
    gap = learned_by_heart(scored_train, scored_test)
    if gap is not None:
        raise NotApplicable(
            f"the model is better by {gap:.2f} on the rows it learned from: its predictions on them are no reference."
        )
    train, _ = data.both()
    names, _ = features(data, candidate)
    some = sampled(train, names)
    yield of(train, [some])
    found = yield from compared(data, names)
    before, now = (answers_of(each, scores=scores) for each in (scored_train, scored_test))
    class_moved, _ = largest_move(before, now, scored_test.rows)
    told = {side: number_of(each, class_moved) for side, each in (("before", scored_train), ("now", scored_test))}
    sample = train[some]
    by_column = impacts(found.shifts, sample.frame, told["before"][sample.rows])
    means = float(told["before"].mean()), float(told["now"].mean())
    ranked = dict(sorted(by_column.items(), key=lambda each: -abs(each[1].effect)))
    notes = (_said(ranked, means),) if ranked else ()
    facts: dict[str, Json] = {"columns": _told(ranked), "means": list(means)}
    return moved("prediction", before, now, scored_test.rows, data=facts, notes=notes)


def _said(ranked: dict[str, Impact], means: tuple[float, float]) -> str:
    told = [f"{name} {each.effect:+.2g}{_of_move(each, means)}" for name, each in list(ranked.items())[:_SHOWN]]
    return f"The mean score went from {means[0]:.4g} to {means[1]:.4g}. By column: {', '.join(told)}."


def _of_move(impact: Impact, means: tuple[float, float]) -> str:
    move = means[1] - means[0]
    return f" ({100 * impact.effect / move:.0f}% of it)" if abs(move) > 1e-12 else ""


def _told(ranked: dict[str, Impact]) -> Json:
    shown = list(ranked.items())[:_RECORDED]
    return {name: {"effect": each.effect, "of_spread": each.of_spread} for name, each in shown}
