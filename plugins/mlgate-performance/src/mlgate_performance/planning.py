"""What `mlgate plan` says before any model is: what harm this test table can show, and the rows a margin needs.

Every line states what it assumes, since no model is there to ask. Rows of one entity are counted as one row, the
worst case: they repeat each other. A plan with nothing to say about the table's task is empty.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlgate import PlanLine, Planner, TestFacts
from mlgate_performance import sample_size

DISCORDANCES = (0.02, 0.05, 0.10, 0.20)
"""Shares of rows on which two models disagree: near twins, refits, other families of model, other features."""
AUC, CORRELATION = 0.85, 0.9
ERROR_CORRELATION, KURTOSIS = 0.9, 6.0
BOUNDED_MARGIN, RELATIVE_MARGIN = 0.01, 0.02
FLIPS, SLICE_GAP = 0.05, 0.15
SLICE_ACCURACY, SLICE_ROWS = 0.8, 50


@dataclass(frozen=True, slots=True)
class Assumed:
    """A difference's variance times the rows it is measured on, and the sentence that says where it is from."""

    spread: float
    sentence: str


def vs_champion(facts: TestFacts, confidence: float, margin: float | None = None, /) -> tuple[PlanLine, ...]:
    """Lines for the primary metric: roc_auc, macro F1 (planned as a mean of recalls) or rmse."""
    by_task = {"binary": roc_auc, "multiclass": mean_recall, "regression": rmse}
    return by_task[facts.task]("performance.vs_champion")(facts, confidence, margin)


def roc_auc(check: str) -> Planner:
    """Two equal models' areas under the ROC curve, compared on the same rows."""

    def plan(facts: TestFacts, confidence: float, margin: float | None = None, /) -> tuple[PlanLine, ...]:
        if facts.task != "binary" or not _measurable(facts):
            return ()
        negatives, positives = facts.class_counts
        sentence = f"both models have a roc_auc near {AUC} and their estimates correlate at {CORRELATION}"
        assumed = Assumed(sample_size.paired_auc(AUC, CORRELATION, negatives, positives), sentence)
        return (_against(check, facts, confidence, assumed, _or(margin, BOUNDED_MARGIN)),)

    return plan


def share(check: str, *, of_positives: bool = False) -> Planner:
    """A share of right answers, compared on the same rows, or on the positives among them: a recall."""

    def plan(facts: TestFacts, confidence: float, margin: float | None = None, /) -> tuple[PlanLine, ...]:
        if facts.task == "regression" or not _measurable(facts):
            return ()
        part = facts.class_counts[-1] / sum(facts.class_counts) if of_positives else 1.0
        rows = "the positive rows" if of_positives else "the rows"
        worlds = [Assumed(sample_size.paired_share(d) / part, _differ(d, rows)) for d in DISCORDANCES]
        return tuple(_against(check, facts, confidence, world, _or(margin, BOUNDED_MARGIN)) for world in worlds)

    return plan


def mean_recall(check: str) -> Planner:
    """A mean of the classes' recalls, compared on the same rows; macro F1 is planned as one."""

    def plan(facts: TestFacts, confidence: float, margin: float | None = None, /) -> tuple[PlanLine, ...]:
        if facts.task == "regression" or not _measurable(facts):
            return ()
        counts = facts.class_counts
        worlds = [
            Assumed(sample_size.paired_mean_recall(d, counts), _differ(d, "the rows of each class"))
            for d in DISCORDANCES
        ]
        return tuple(_against(check, facts, confidence, world, _or(margin, BOUNDED_MARGIN)) for world in worlds)

    return plan


def rmse(check: str) -> Planner:
    """Two equal models' root mean squared errors on the same rows; the margin is a share of the champion's."""

    def plan(facts: TestFacts, confidence: float, margin: float | None = None, /) -> tuple[PlanLine, ...]:
        if facts.task != "regression" or facts.rows == 0:
            return ()
        sentence = (
            f"errors have tails like Laplace's (kurtosis {KURTOSIS:g}) and the two models' squared errors correlate "
            f"at {ERROR_CORRELATION}; margins are shares of the champion's error"
        )
        assumed = Assumed(sample_size.paired_rmse(ERROR_CORRELATION, KURTOSIS), sentence)
        return (_against(check, facts, confidence, assumed, _or(margin, RELATIVE_MARGIN)),)

    return plan


def negative_flips(facts: TestFacts, confidence: float, margin: float | None = None, /) -> tuple[PlanLine, ...]:
    """A rate and its upper bound: how far beyond it harm is shown, and the rows that show half of it to be harmless."""
    if facts.task == "regression" or not _measurable(facts):
        return ()
    bound, alpha = _or(margin, FLIPS), (1 - confidence) / 2
    spread = bound * (1 - bound)
    detectable = sample_size.shown_by(_independent(facts), spread, alpha)
    needed = _in_rows(sample_size.rows_for(spread, bound / 2, alpha), facts) if bound > 0 else None
    statement = f"With {_rows(facts)}, a true rate of {bound + detectable:.3g} is shown to exceed {bound:g}"
    if needed is not None:
        statement += f"; one of {bound / 2:g} is shown to stay under it from {needed:,} rows"
    return (PlanLine("performance.negative_flips", f"{statement}.", detectable, needed),)


def slices(facts: TestFacts, confidence: float, margin: float | None = None, /) -> tuple[PlanLine, ...]:
    """One slice against all other rows: the slice's own rows decide."""
    gap = _or(margin, SLICE_GAP)
    if facts.task == "regression" or not _measurable(facts) or gap <= 0:
        return ()
    assumed = Assumed(
        SLICE_ACCURACY * (1 - SLICE_ACCURACY), f"its metric is a share of right answers near {SLICE_ACCURACY}"
    )
    if facts.task == "binary":
        negatives, positives = facts.class_counts
        assumed = Assumed(
            sample_size.one_auc(AUC, negatives, positives), f"a roc_auc near {AUC} and as many positives as overall"
        )
    rows = _in_rows(sample_size.rows_for(assumed.spread, gap, (1 - confidence) / 2), facts)
    needed = max(SLICE_ROWS, rows)
    statement = (
        f"A slice as good as all other rows is shown not to be worse by {gap:g} from {needed:,} rows of its own, if "
        f"it is the only slice: more of them share one error budget. Assumed: {assumed.sentence}."
    )
    return (PlanLine("performance.slices", statement, rows_needed=needed),)


def _against(check: str, facts: TestFacts, confidence: float, assumed: Assumed, margin: float) -> PlanLine:
    alpha = (1 - confidence) / 2
    detectable = sample_size.shown_by(_independent(facts), assumed.spread, alpha)
    needed = _in_rows(sample_size.rows_for(assumed.spread, margin, alpha), facts) if margin > 0 else None
    statement = (
        f"With {_rows(facts)}, a candidate worse than the champion by {margin + detectable:.3g} is shown to be beyond "
        f"the margin of {margin:g}; {_proof(needed, facts)}. Assumed: {assumed.sentence}."
    )
    return PlanLine(check, statement, detectable, needed)


def _proof(needed: int | None, facts: TestFacts) -> str:
    if needed is None:
        return "without a margin, no number of rows proves an equal one to be not worse"
    enough = "there are enough" if needed <= facts.rows else f"{needed - facts.rows:,} more than there are"
    return f"an equal one is proven not worse from {needed:,} rows ({enough})"


def _differ(discordance: float, rows: str) -> str:
    return f"candidate and champion disagree on what is right on {discordance:.0%} of {rows}"


def _or(margin: float | None, default: float) -> float:
    return default if margin is None else margin


def _measurable(facts: TestFacts) -> bool:
    return len(facts.class_counts) > 1 and min(facts.class_counts) > 0


def _independent(facts: TestFacts) -> int:
    return facts.entities or facts.rows


def _in_rows(independent: int, facts: TestFacts) -> int:
    """Rows of the table that bring this many independent ones."""
    return -(-independent * facts.rows // _independent(facts))


def _rows(facts: TestFacts) -> str:
    if facts.entities is None or facts.entities == facts.rows:
        return f"{facts.rows:,} rows"
    return f"{facts.rows:,} rows of {facts.entities:,} entities"
