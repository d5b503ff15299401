"""Means of one number per row by group: predictions, errors, losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from mlgate import NotApplicable, Scale
from mlgate.tabular import Task
from mlgate_fairness.averages import Moments, ratios
from mlgate_fairness.comparing import Family
from mlgate_fairness.subjects import Intersections, specs, tallied
from mlgate_fairness.values import GroupValues, Numbers

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable
    from mlgate.tabular.groups import GroupSums, SensitiveGroups

Loss = Literal["absolute", "square", "zero_one", "log"]


def mean_families(
    scored: ScoredTable, metric: str, values: Numbers, scale: Scale, intersections: Intersections
) -> list[Family]:
    """The mean of `values` by every sensitive column and crossing."""
    wanted, groups = specs(scored, intersections), scored.groups
    found = []
    for columns, parts in tallied(scored, wanted):
        tally = groups.numbers(columns, values)
        found += [Family(spec, _means(metric, groups.part(tally, columns, spec), groups, scale)) for spec in parts]
    return found


def mean_errors(scored: ScoredTable, *, champion: bool = False) -> Numbers:
    """What is predicted minus what is: of two classes, the score minus 0 or 1; of numbers, their error."""
    if scored.task is Task.REGRESSION:
        error: Numbers = scored.numbers(champion=champion) - scored.labels()
        return error
    if scored.task is not Task.BINARY:
        raise NotApplicable("Mean errors are taken on two classes or on numbers, and this task has many classes.")
    promised: Numbers = probabilities(scored, champion=champion) - scored.labels()
    return promised


def predictions(scored: ScoredTable) -> Numbers:
    """The score of the positive class, or the predicted number."""
    return scored.numbers() if scored.task is Task.REGRESSION else scored.scores()[:, 1]


def probabilities(scored: ScoredTable, *, champion: bool = False) -> Numbers:
    """Scores of the positive class. Raises `ModelError` where they are no probabilities."""
    scores: Numbers = scored.probabilities("Calibration", champion=champion)[:, 1]
    return scores


def losses(scored: ScoredTable, loss: Loss | None, threshold: float, *, champion: bool = False) -> tuple[str, Numbers]:
    """The loss of every row, and its name. Raises `NotApplicable` where the loss does not fit the task."""
    if scored.task is Task.REGRESSION:
        error = mean_errors(scored, champion=champion)
        if loss in (None, "absolute"):
            return "mean absolute error", np.abs(error)
        if loss == "square":
            return "mean squared error", np.square(error)
    elif loss in (None, "zero_one"):
        return "error rate", (scored.decisions(threshold, champion=champion) != scored.labels()).astype(float)
    elif loss == "square" and scored.task is Task.BINARY:
        return "Brier score", np.square(mean_errors(scored, champion=champion))
    elif loss == "log" and scored.task is Task.BINARY:
        promised = probabilities(scored, champion=champion)
        given = np.where(scored.labels() == 1, promised, 1 - promised)
        return "log loss", -np.log(np.maximum(given, np.finfo(float).eps))
    raise NotApplicable(f"The loss {loss} is not one of {scored.task} tasks.")


def _means(metric: str, sums: GroupSums, groups: SensitiveGroups, scale: Scale) -> GroupValues:
    zero = np.zeros_like(sums.weight)
    moments = Moments(
        sums.keys,
        a=zero if sums.first is None else sums.first,
        b=sums.weight,
        aa=zero if sums.second is None else sums.second,
        ab=zero if sums.cross is None else sums.cross,
        bb=sums.square,
        rows=sums.rows,
        support=sums.rows,
        shards=None if sums.shards is None else sums.shards[..., ::-1],
        effect=groups.worst_effect,
    )
    return ratios(metric, moments, scale, binomial=groups.simple and scale is Scale.SCORE)


def label_scale(scored: ScoredTable) -> float:
    """The standard deviation of a numeric label, 1 of classes: in it, errors of any unit have one bound."""
    if scored.task is not Task.REGRESSION:
        return 1.0
    return float(np.std(scored.labels())) or 1.0


def loss_unit(name: str) -> str:
    """In what a loss is measured: numbers in the label's unit, all others in none."""
    return {"mean absolute error": "label", "mean squared error": "label^2"}.get(name, "1")
