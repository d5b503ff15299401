"""Candidate and champion on the same rows: how their rates by group vary together, and the difference of their gaps.

The difference of two maxima, D = max d_k - max e_j, is bounded as the maxima are (see `extremes`). For the k and j that
are the largest, D is d_k - e_j; for the true k, D is at most d_k - e_j whatever j. So an upper bound is the largest
over k of the smallest over the plausible j of upper bounds that hold for all these j together; and the other way
round for the lower bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Spread
from mlgate.stats import Curve
from mlgate.tabular.tabulate import Axis
from mlgate_fairness.extremes import QUANTILES, Contrasts, plausible
from mlgate_fairness.rates import Rate, rates
from mlgate_fairness.shape import Shape
from mlgate_fairness.subjects import Intersections, specs, tallied
from mlgate_fairness.values import Numbers, students

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable
    from mlgate.tabular.groups import GroupSums

FARTHER = 6.0
MOST = 300
METHOD = "paired bonferroni"


@dataclass(frozen=True, slots=True)
class Joint:
    """The covariance of the candidate's values and the champion's on one spec: both stacked, all rows last in each."""

    covariance: Numbers

    def of_contrasts(self, ours: Contrasts, theirs: Contrasts) -> Numbers:
        """The variance of every contrast of ours minus every contrast of theirs; shape (ours, theirs)."""
        size = len(self.covariance) // 2
        here, there = _weights(ours, size), _weights(theirs, size)
        own, other = _spread(here, self.covariance[:size, :size]), _spread(there, self.covariance[size:, size:])
        shared = here @ self.covariance[:size, size:] @ there.T
        found: Numbers = np.maximum(own[:, None] + other - 2 * shared, 0)
        return found

    def correlation(self, ours: Numbers, theirs: Numbers) -> float:
        """Of a sum of the candidate's values and one of the champion's, with these weights; 0 where one is constant."""
        size = len(self.covariance) // 2
        own, other = (
            float(weights @ part @ weights)
            for weights, part in (
                (ours, self.covariance[:size, :size]),
                (theirs, self.covariance[size:, size:]),
            )
        )
        room = math.sqrt(max(own * other, 0.0))
        shared = float(ours @ self.covariance[:size, size:] @ theirs)
        return min(max(shared / room, -1.0), 1.0) if room > 0 else 0.0

    def of_one(self, part: Contrasts, model: int) -> Numbers:
        """The variance of every contrast of the candidate (0) or the champion (1) alone."""
        size = len(self.covariance) // 2
        own = slice(model * size, (model + 1) * size)
        return _spread(_weights(part, size), self.covariance[own, own])


def joints(scored: ScoredTable, names: Sequence[str], intersections: Intersections, threshold: float) -> list[Joint]:
    """One for every family that `rate_families` makes, in its order."""
    wanted, asked, groups = specs(scored, intersections), rates(scored, names), scored.groups
    classes = len(scored.classes)
    axes = (
        Axis(scored.labels(), classes),
        Axis(scored.decisions(threshold), classes),
        Axis(scored.decisions(threshold, champion=True), classes),
    )
    found = []
    for columns, parts in tallied(scored, wanted):
        tally = groups.cells(columns, *axes)
        for spec in parts:
            sums = groups.part(tally, columns, spec)
            found += [_joint(sums, rate) for rate in asked]
    return found


def _joint(sums: GroupSums, rate: Rate) -> Joint:
    """Half a row more in every cell, so that a handful of rows is not taken for certainty (Agresti and Min, 2005)."""
    groups = len(sums.keys)
    extra = 0.5 * float(sums.weight.sum()) / max(float(sums.rows.sum()), 1.0)
    weight = sums.weight + extra
    every = np.concatenate([weight, weight.sum(axis=0, keepdims=True)])
    one = _influence(every, every.sum(axis=3), rate)[..., None]
    other = _influence(every, every.sum(axis=2), rate)[:, :, None, :]
    member = np.concatenate([np.eye(groups), np.ones((groups, 1))], axis=1).T
    both = np.concatenate([np.broadcast_to(one, every.shape), np.broadcast_to(other, every.shape)])
    spread = (np.concatenate([member, member])[:, :, None] * both.reshape(len(both), 1, -1)).reshape(len(both), -1)
    if sums.shards is not None:
        by_shard = sums.shards.reshape(len(sums.shards), -1)
        used = max(int(by_shard.any(axis=1).sum()), 2)
        moved = by_shard @ spread.T
        return Joint(moved.T @ moved * (used / (used - 1)))
    square = (sums.square + extra**2).reshape(-1)
    return Joint((spread * square) @ spread.T)


def _influence(every: Numbers, cells: Numbers, rate: Rate) -> Numbers:
    """Of every cell [label, decision] of one model, on every group's rate."""
    below = np.tensordot(cells, rate.below, axes=([1, 2], [0, 1]))
    value = np.tensordot(cells, rate.above, axes=([1, 2], [0, 1])) / below
    found: Numbers = (rate.above - value[:, None, None] * rate.below) / below[:, None, None]
    return found


def _weights(part: Contrasts, size: int) -> Numbers:
    """What each value weighs in each contrast; of ratios by the delta method, where both sides are above 0."""
    found = np.zeros((len(part.here), size))
    rows, value = np.arange(len(part.here)), part.block.values.value
    here, there = np.ones(len(rows)), np.full(len(rows), 0.0 if part.shape is Shape.LEVEL else -1.0)
    if part.shape is Shape.RATIO:
        below = np.where(value[part.there] > 0, value[part.there], np.inf)
        here, there = -1 / below, value[part.here] / below**2
    np.add.at(found, (rows, part.here), here)
    np.add.at(found, (rows, part.there), there)
    return found


def _harms(parts: Sequence[Contrasts]) -> Numbers:
    """Every contrast, so that the largest is the worst: the shortfall of a ratio from 1."""
    found = [1 - part.estimate if part.shape is Shape.RATIO else part.estimate for part in parts]
    return np.nan_to_num(np.concatenate(found), nan=-np.inf, posinf=np.inf, neginf=-np.inf)


def difference(ours: Sequence[Contrasts], theirs: Sequence[Contrasts], joint: Sequence[Joint], rows: int) -> Estimate:
    """The candidate's largest gap minus the champion's (of ratios: their shortfalls from 1), with its curve."""
    value = float(_harms(ours).max() - _harms(theirs).max())
    near, near_theirs = _nearest(ours), _nearest(theirs)
    gaps, se = _pairs(near, near_theirs, joint)
    closest, closest_theirs = _kept(near), _kept(near_theirs)
    lower, upper = [], []
    df = np.minimum(_freedom(near)[:, None], _freedom(near_theirs))
    for quantile in QUANTILES.tolist():
        over = gaps + students(_shared(quantile, int(closest_theirs.sum())), df) * se
        under = gaps - students(_shared(quantile, int(closest.sum())), df) * se
        upper.append(float(over[:, closest_theirs].min(axis=1).max()))
        lower.append(float(under[closest].max(axis=0).min()))
    low = np.minimum.accumulate(np.minimum(lower, value))
    high = np.maximum.accumulate(np.maximum(upper, value))
    if not se.any() and value == 0:
        return Estimate(0.0, rows, None)  # the same decisions on every row: nothing to be unsure of
    curve = Curve(tuple(low.tolist()), tuple(high.tolist()))
    return Estimate(value, rows, Spread(METHOD, (curve.upper[2] - curve.lower[2]) / 2, curve=curve))


def _nearest(parts: Sequence[Contrasts]) -> list[Contrasts]:
    """The contrasts that might be the largest, generously: at most so many of the largest."""
    kept = [part.of(fit) for part, fit in zip(parts, plausible(parts, FARTHER), strict=True)]
    if not any(len(part.here) for part in kept):
        kept = list(parts)
    sizes = _harms(kept)
    if len(sizes) <= MOST:
        return kept
    least = float(np.partition(sizes, len(sizes) - MOST)[len(sizes) - MOST])
    return [part.of(_harms([part]) >= least) for part in kept]


def _kept(parts: Sequence[Contrasts]) -> NDArray[np.bool_]:
    fit = np.concatenate(plausible(parts))
    return fit if fit.any() else np.ones(len(fit), dtype=bool)


def _pairs(ours: Sequence[Contrasts], theirs: Sequence[Contrasts], joint: Sequence[Joint]) -> tuple[Numbers, Numbers]:
    """Every contrast of ours minus every one of theirs, and the standard error; of two families, at its largest."""
    gaps = _harms(ours)[:, None] - _harms(theirs)
    alone = [np.sqrt(each.of_one(part, 0)) for part, each in zip(ours, joint, strict=True)]
    others = [np.sqrt(each.of_one(part, 1)) for part, each in zip(theirs, joint, strict=True)]
    blocks = [
        [
            np.sqrt(joint[i].of_contrasts(ours[i], theirs[j])) if i == j else alone[i][:, None] + others[j]
            for j in range(len(theirs))
        ]
        for i in range(len(ours))
    ]
    return gaps, np.block(blocks)


def _spread(weights: Numbers, covariance: Numbers) -> Numbers:
    found: Numbers = np.einsum("ki,ij,kj->k", weights, covariance, weights, optimize=True)
    return np.maximum(found, 0)


def _freedom(parts: Sequence[Contrasts]) -> Numbers:
    """Of every contrast, the fewer of its two sides' degrees of freedom."""
    free = [part.block.values.margins.df for part in parts]
    return np.concatenate(
        [np.minimum(each[part.here], each[part.there]) for part, each in zip(parts, free, strict=True)]
    )


def _shared(quantile: float, claims: int) -> Numbers:
    return np.array(-NormalDist().inv_cdf(NormalDist().cdf(-quantile) / max(claims, 1)))
