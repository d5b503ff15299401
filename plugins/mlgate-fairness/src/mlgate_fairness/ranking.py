"""The area under the ROC curve of every group, with DeLong's variances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate import NotApplicable, Scale
from mlgate.tabular import Task
from mlgate.tabular.tabulate import Axis
from mlgate_fairness.comparing import Family
from mlgate_fairness.subjects import Intersections, specs, tallied
from mlgate_fairness.values import GroupValues, Margins, Numbers

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable
    from mlgate.tabular.groups import GroupSums

_MOST_CELLS = 1 << 22
_NORMAL = 1e6


def auc_families(scored: ScoredTable, intersections: Intersections, *, champion: bool = False) -> list[Family]:
    """The AUC by every sensitive column and crossing. Raises `NotApplicable` on other tasks than two classes."""
    if scored.task is not Task.BINARY:
        raise NotApplicable(f"An area under the ROC curve is that of two classes, and this task is {scored.task}.")
    wanted, groups = specs(scored, intersections), scored.groups
    found = []
    for columns, parts in tallied(scored, wanted):
        axes = _axes(scored, columns, champion)
        tally = groups.cells(columns, *axes) if groups.shards is None else groups.unsharded(columns, *axes)
        for spec in parts:
            sums = groups.part(tally, columns, spec)
            value, influence = areas(sums.weight)
            shards = None
            if groups.shards is not None:
                own = groups.shard_sums(columns, spec, influence[:-1], *axes)
                whole = groups.shard_sums(columns, spec, np.broadcast_to(influence[-1], influence[:-1].shape), *axes)
                shards = None if own is None or whole is None else np.column_stack([own, whole.sum(axis=1)])
            found.append(Family(spec, _values(sums, value, influence, shards, groups.worst_effect)))
    return found


def influences(scored: ScoredTable, spec: tuple[str, ...], *, champion: bool = False) -> tuple[Numbers, Numbers]:
    """What every row of weight 1 adds to the AUC of its own group, and to that of all rows."""
    label, ranks = _axes(scored, spec, champion)
    sums, place = scored.groups.unsharded(spec, label, ranks), ranks.codes >> ranks.shift
    rows = sums.rows.sum(axis=2)
    counts = np.concatenate([rows, rows.sum(axis=0, keepdims=True)])
    influence = areas(sums.weight)[1] * np.sqrt(counts / np.maximum(counts - 1, 0.5))[..., None]
    return influence[scored.groups.codes(spec), label.codes, place], influence[-1][label.codes, place]


def areas(weight: Numbers) -> tuple[Numbers, Numbers]:
    """The AUC of every group and of all rows, and every cell's influence on it; `weight` is (groups, 2, bins).

    Influences are DeLong's placements (DeLong, DeLong & Clarke-Pearson, Biometrics 44, 1988, 837-845), per weight.
    """
    both = np.concatenate([weight, weight.sum(axis=0, keepdims=True)])
    mass = both.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = (np.cumsum(both[:, 0], axis=1) - both[:, 0] / 2) / mass[:, :1]
        above = 1 - (np.cumsum(both[:, 1], axis=1) - both[:, 1] / 2) / mass[:, 1:]
        value = (both[:, 1] * below).sum(axis=1) / mass[:, 1]
        influence = np.stack([(above - value[:, None]) / mass[:, :1], (below - value[:, None]) / mass[:, 1:]], axis=1)
    return np.where(mass.min(axis=1) > 0, value, np.nan), np.nan_to_num(influence)


def _values(sums: GroupSums, value: Numbers, influence: Numbers, shards: Numbers | None, effect: float) -> GroupValues:
    rows = sums.rows.sum(axis=2)
    counts = np.concatenate([rows, rows.sum(axis=0, keepdims=True)])
    free = counts / np.maximum(counts - 1, 0.5)
    if shards is None:
        covariance, by_class = _independent(sums.square, influence, free)
        df = _satterthwaite(by_class, np.maximum(counts - 1, 0.5))
    else:
        used = max(int(np.any(shards != 0, axis=1).sum()), 2)
        covariance, df = shards.T @ shards * (used / (used - 1)), np.full(len(value), used - 1.0)
    variance = np.diagonal(covariance)
    room, support = value * (1 - value), counts.min(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        trials = np.where((variance > 0) & (room > 0), room / variance, np.maximum(support / effect, 1.0))
    margins = Margins(value, np.sqrt(variance), np.maximum(trials, 1e-3), df, Scale.SCORE)
    return GroupValues("AUC", sums.keys, margins, covariance, counts.sum(axis=1), support, "delong")


def _independent(square: Numbers, influence: Numbers, free: Numbers) -> tuple[Numbers, Numbers]:
    """The covariance, and each value's variance by class."""
    groups = len(square)
    own = (square * np.square(influence[:-1])).sum(axis=2)
    whole = (square.sum(axis=0) * np.square(influence[-1])).sum(axis=1)
    by_class = np.concatenate([own, whole[None]]) * free
    covariance = np.diag(by_class.sum(axis=1))
    shared = (square * influence[:-1] * influence[-1]).sum(axis=(1, 2))
    covariance[:groups, groups] = covariance[groups, :groups] = shared
    return covariance, by_class


def _satterthwaite(variances: Numbers, free: Numbers) -> Numbers:
    """Brunner and Munzel, Biometrical Journal 42, 2000, 17-25."""
    total = variances.sum(axis=1)
    below = (np.square(variances) / free).sum(axis=1)
    df = np.divide(total**2, below, out=np.full(len(total), _NORMAL), where=below > 0)
    found: Numbers = np.minimum(df, _NORMAL)
    return found


def _axes(scored: ScoredTable, columns: tuple[str, ...], champion: bool) -> tuple[Axis, Axis]:
    """Labels, and scores by rank."""
    room = _MOST_CELLS // (2 * len(scored.groups.keys(columns)))
    return Axis(scored.labels(), 2), _coarse(scored.ranks(champion=champion), room)


def _coarse(axis: Axis, room: int) -> Axis:
    """The axis with neighbouring bins merged until it fits."""
    shift = 0
    while axis.size >> shift > max(room, 2):
        shift += 1
    return Axis(axis.codes, ((axis.size - 1) >> shift) + 1, shift)
