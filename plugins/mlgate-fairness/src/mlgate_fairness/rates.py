"""Metrics of decisions by group: which cells of [label, decision] stand above and below the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlgate import NotApplicable, Scale
from mlgate_fairness.averages import Moments, ratios
from mlgate_fairness.values import GroupValues, Numbers

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable
    from mlgate.tabular.groups import GroupSums, SensitiveGroups

RATES = (
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "false_negative_rate",
    "precision",
    "accuracy",
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of rows: those in the cells of `above` among those in the cells of `below`."""

    name: str
    above: Numbers
    below: Numbers


def rates(scored: ScoredTable, names: Sequence[str]) -> tuple[Rate, ...]:
    """The rates of two classes; of many classes each rate once per class, one class against all others.

    Raises `NotApplicable` in a regression.
    """
    from mlgate.tabular import Task

    if scored.task is Task.REGRESSION:
        raise NotApplicable("Rates of decisions are compared, and this is a regression.")
    classes = len(scored.classes)
    if scored.task is Task.BINARY:
        return tuple(_rate(name, 1, 2, name) for name in names)
    found = [
        _rate(name, place, classes, name if name == "accuracy" else f"{name} of {value}")
        for name in names
        for place, value in enumerate(scored.classes)
    ]
    return tuple({rate.name: rate for rate in found}.values())


def rate_values(rate: Rate, sums: GroupSums, groups: SensitiveGroups) -> GroupValues:
    """The rate on every group of the tally."""
    moments = Moments(
        sums.keys,
        *(_over(sums.weight, rate.above), _over(sums.weight, rate.below)),
        *(_over(sums.square, rate.above), _over(sums.square, rate.above), _over(sums.square, rate.below)),
        rows=sums.rows.sum(axis=tuple(range(1, sums.rows.ndim))),
        support=_over(sums.rows, rate.below),
        shards=None if sums.shards is None else _by_shard(sums.shards, rate),
        effect=groups.worst_effect,
    )
    return ratios(rate.name, moments, Scale.SCORE, binomial=groups.simple)


def _by_shard(shards: Numbers, rate: Rate) -> Numbers:
    return np.stack([_over(shards, rate.above), _over(shards, rate.below)], axis=-1)


def _over(sums: Numbers, cells: Numbers) -> Numbers:
    found: Numbers = np.tensordot(sums, cells, axes=([-2, -1], [0, 1]))
    return found


def _rate(name: str, place: int, classes: int, shown: str) -> Rate:
    """Cells are [label, decision]; the class in `place` counts as positive. All of `above` lies in `below`."""
    everything = np.ones((classes, classes))
    label, decided = np.zeros((classes, classes)), np.zeros((classes, classes))
    label[place], decided[:, place] = 1, 1
    right = np.eye(classes)
    known = {
        "selection_rate": (decided, everything),
        "rejection_rate": (1 - decided, everything),
        "true_positive_rate": (label * decided, label),
        "false_positive_rate": ((1 - label) * decided, 1 - label),
        "false_negative_rate": (label * (1 - decided), label),
        "precision": (label * decided, decided),
        "accuracy": (right, everything),
    }
    return Rate(shown.replace("_", " "), *known[name])
