"""The gaps that a candidate can be held against its champion by: of what, and in which shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from mlgate import NotApplicable, Scale
from mlgate.tabular import Task
from mlgate_fairness.asking import Asked
from mlgate_fairness.numbers import Loss, label_scale, losses, mean_errors
from mlgate_fairness.rivals import Pair, auc_pairs, mean_pairs, rate_pairs
from mlgate_fairness.shape import Shape

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

RATES_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "demographic_parity": ("selection_rate",),
        "equal_opportunity": ("true_positive_rate",),
        "equalized_odds": ("true_positive_rate", "false_positive_rate"),
        "predictive_parity": ("precision",),
        "accuracy": ("accuracy",),
    }
)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is compared, and how the two models' numbers are joined."""

    shape: Shape
    pairs: tuple[Pair, ...]
    said: str


def gap(scored: ScoredTable, metric: str, asked: Asked, loss: Loss | None, favourable: str) -> Gap:
    """The gap by its check's name. Raises `NotApplicable` where the task has no such number."""
    if metric == "auc_gap":
        return Gap(Shape.DIFFERENCE, tuple(auc_pairs(scored, asked.intersections)), f"The gap is {metric}.")
    if metric == "calibration_gap":
        return _calibration(scored, asked)
    if metric == "bounded_group_loss":
        return _loss(scored, asked, loss)
    if scored.task is Task.REGRESSION:
        raise NotApplicable(
            f"The gap {metric} is one of decisions, and this is a regression.",
            hint='Set metric = "calibration_gap" or "bounded_group_loss" under the check.',
        )
    if metric == "four_fifths" and scored.task is not Task.BINARY:
        raise NotApplicable("Four fifths are taken of decisions on two classes.")
    if metric == "four_fifths":
        names: tuple[str, ...] = ("selection_rate" if favourable == "positive" else "rejection_rate",)
        return Gap(Shape.RATIO, tuple(rate_pairs(scored, names, asked)), _shortfall(metric))
    kind, _, form = metric.rpartition("_")
    pairs = tuple(rate_pairs(scored, RATES_OF[kind], asked))
    if form == "ratio":
        return Gap(Shape.RATIO, pairs, _shortfall(metric))
    return Gap(Shape.DIFFERENCE, pairs, f"The gap is {metric}.")


def _calibration(scored: ScoredTable, asked: Asked) -> Gap:
    theirs = mean_errors(scored, champion=True) / label_scale(scored)
    both = mean_errors(scored) / label_scale(scored), theirs
    pairs = mean_pairs(scored, "mean error", both, Scale.IDENTITY, asked.intersections)
    return Gap(Shape.DIFFERENCE, tuple(pairs), "The gap is calibration_gap.")


def _loss(scored: ScoredTable, asked: Asked, loss: Loss | None) -> Gap:
    name, theirs = losses(scored, loss, asked.threshold, champion=True)
    ours = losses(scored, loss, asked.threshold)[1]
    unit = label_scale(scored) ** (2 if name == "mean squared error" else 1)
    scale = Scale.SCORE if name == "error rate" else Scale.LOG
    pairs = mean_pairs(scored, name, (ours / unit, theirs / unit), scale, asked.intersections)
    said = ", in the label's standard deviations" if scored.task is Task.REGRESSION else ""
    return Gap(Shape.LEVEL, tuple(pairs), f"The number is bounded_group_loss{said}.")


def _shortfall(metric: str) -> str:
    return f"The gap is what {metric} falls short of 1: 0.2 is four fifths."
