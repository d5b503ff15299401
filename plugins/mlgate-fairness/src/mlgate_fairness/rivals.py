"""One metric under candidate and champion on the same rows: by group, and how the two vary together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Scale
from mlgate_fairness.asking import Asked
from mlgate_fairness.comparing import Family
from mlgate_fairness.deciding import rate_families
from mlgate_fairness.numbers import mean_families
from mlgate_fairness.pairing import Joint, joints
from mlgate_fairness.ranking import auc_families, influences
from mlgate_fairness.subjects import Intersections
from mlgate_fairness.values import GroupValues, Numbers

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@dataclass(frozen=True, slots=True)
class Pair:
    """The metric of both models on the groups of one spec, and the covariance of all these numbers."""

    ours: Family
    theirs: Family
    joint: Joint


def rate_pairs(scored: ScoredTable, names: Sequence[str], asked: Asked) -> list[Pair]:
    """Rates of decisions. Raises `NoChampion` without a champion, as all of these do."""
    where, threshold = asked.intersections, asked.threshold
    theirs = rate_families(scored, names, intersections=where, threshold=threshold, champion=True)
    ours = rate_families(scored, names, intersections=where, threshold=threshold)
    return _pairs(ours, theirs, joints(scored, names, where, threshold))


def auc_pairs(scored: ScoredTable, intersections: Intersections) -> list[Pair]:
    """Areas under the ROC curve, whose covariance is DeLong's."""
    theirs, ours = auc_families(scored, intersections, champion=True), auc_families(scored, intersections)
    found = []
    for family in ours:
        own, whole = zip(*(influences(scored, family.spec, champion=rival) for rival in (False, True)), strict=True)
        found.append(Joint(scored.groups.scatter(family.spec, own, whole)))
    return _pairs(ours, theirs, found)


def mean_pairs(
    scored: ScoredTable, metric: str, both: tuple[Numbers, Numbers], scale: Scale, intersections: Intersections
) -> list[Pair]:
    """Means of one number per row: the candidate's and the champion's."""
    ours, theirs = (mean_families(scored, metric, each, scale, intersections) for each in both)
    found = []
    for one, other in zip(ours, theirs, strict=True):
        added = [
            _added(scored, each.values, number, each.spec) for each, number in zip((one, other), both, strict=True)
        ]
        own, whole = zip(*added, strict=True)
        found.append(Joint(scored.groups.scatter(one.spec, own, whole)))
    return _pairs(ours, theirs, found)


def _added(scored: ScoredTable, values: GroupValues, number: Numbers, spec: tuple[str, ...]) -> tuple[Numbers, Numbers]:
    """What every row of weight 1 adds to its group's mean, and to that of all rows."""
    codes = scored.groups.codes(spec)
    mass = scored.groups.numbers(spec, number).weight
    mean, free = np.nan_to_num(values.value), np.sqrt(values.rows / np.maximum(values.rows - 1, 0.5))
    own = (number - mean[codes]) * (free[:-1] / mass)[codes]
    return own, (number - mean[-1]) * (float(free[-1]) / float(mass.sum()))


def _pairs(ours: Sequence[Family], theirs: Sequence[Family], found: Sequence[Joint]) -> list[Pair]:
    return [Pair(*each) for each in zip(ours, theirs, found, strict=True)]
