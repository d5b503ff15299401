"""Metrics that are averages, sum(w a) / sum(w b), on every group, on all rows, and on all rows but a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mlgate import Scale
from mlgate_fairness.values import AS_NORMAL, GroupValues, Margins, Numbers, Rest, variance_scaled


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the rows of every group for a metric that is a ratio, sum(w a) / sum(w b).

    `aa`, `ab` and `bb` are sums of w^2 a^2, w^2 a b and w^2 b^2; `rows` and `support` are counts of rows, in all and
    in the denominator. `shards` are sums (w a, w b) by shard, group and side, where rows belong to entities; `effect`
    is the design effect to assume where a group shows no variance.
    """

    keys: tuple[Mapping[str, str], ...]
    a: Numbers
    b: Numbers
    aa: Numbers
    ab: Numbers
    bb: Numbers
    rows: Numbers
    support: Numbers
    shards: Numbers | None = None
    effect: float = 1.0


@dataclass(frozen=True, slots=True)
class _Sets:
    """Sums on every set of rows: on every group, on all rows, on all rows but the group."""

    mass: Numbers
    square: Numbers
    rows: Numbers
    support: Numbers
    value: Numbers

    @classmethod
    def of(cls, sums: Moments) -> _Sets:
        mass = _on_sets(sums.b)
        value = _on_sets(sums.a) / np.where(mass > 0, mass, np.nan)
        return cls(mass, _on_sets(sums.bb), _on_sets(sums.rows), _on_sets(sums.support), value)

    @property
    def effective_rows(self) -> Numbers:
        """As many rows of equal weight would say as much (Kish, Survey Sampling, 1965)."""
        found: Numbers = np.divide(self.mass**2, self.square, out=np.zeros_like(self.mass), where=self.square > 0)
        return found


def ratios(metric: str, sums: Moments, scale: Scale, *, binomial: bool = False) -> GroupValues:
    """The metric on every group and on all rows, by the delta method.

    `binomial`: a share of independent rows of equal weight, whose trials are its rows.
    """
    sets = _Sets.of(sums)
    covariance, used = _covariance(sums, sets)
    if used is None and scale is not Scale.SCORE:
        corrected = np.diagonal(covariance) * np.maximum(sets.rows, 1.0) / np.maximum(sets.rows - 1, 0.5)
        covariance = variance_scaled(covariance, corrected)
    variance = np.maximum(np.diagonal(covariance), 0)
    trials = sets.support if binomial else _trials(sets, variance, sums.effect)
    df = np.full(len(variance), AS_NORMAL)
    if used is not None:
        df[:] = used - 1.0
    elif scale is not Scale.SCORE:
        df = np.clip(sets.effective_rows - 1, 0.5, AS_NORMAL)
    margins = Margins(sets.value, np.sqrt(variance), np.maximum(trials, 1e-3), df, scale)
    method = "wilson" if binomial else "influence" if used is None else "influence, by entity"
    kept = len(sums.keys) + 1
    return GroupValues(
        metric,
        sums.keys,
        margins.part(slice(kept)),
        covariance[:kept, :kept],
        sets.rows[:kept],
        sets.support[:kept],
        method,
        _rest(sets, margins.part(slice(kept, None)), covariance, kept - 1),
    )


def _trials(sets: _Sets, variance: Numbers, effect: float) -> Numbers:
    """The rows that a share of this value and variance would have; where there is no variance, as few as could be."""
    room = np.nan_to_num(sets.value * (1 - sets.value))
    least = sets.effective_rows / effect
    found: Numbers = np.divide(room, variance, out=least, where=(variance > 0) & (room > 0))
    return found


def _rest(sets: _Sets, margins: Margins, covariance: Numbers, groups: int) -> Rest:
    own, whole = np.arange(groups), max(float(sets.mass[groups]), 1e-300)
    share = sets.mass[:groups] / whole
    wobble = (sets.square[:groups] * (1 - 2 * share) + share**2 * sets.square[groups]) / whole**2
    variance = np.diagonal(covariance)
    apart = np.sqrt(np.maximum(variance[own] * variance[own + groups + 1], 0))
    together = covariance[own, own + groups + 1]
    rho = np.divide(together, apart, out=np.zeros(groups), where=apart > 0)
    return Rest(margins, share, np.sqrt(np.maximum(wobble, 0)), np.clip(rho, -1, 1))


def _covariance(sums: Moments, sets: _Sets) -> tuple[Numbers, int | None]:
    """Of the values on all sets of rows; and how many shards there are, if rows are in shards."""
    value, mass = np.nan_to_num(sets.value), np.where(sets.mass > 0, sets.mass, 1.0)
    if sums.shards is not None:
        used = max(int((sums.shards[..., 1] > 0).any(axis=1).sum()), 2)
        moved = (_on_sets(sums.shards[..., 0]) - value * _on_sets(sums.shards[..., 1])) / mass
        return moved.T @ moved * (used / (used - 1)), used
    own, whole = np.arange(len(sums.keys)), len(sums.keys)
    spread = _on_sets(sums.aa) - 2 * value * _on_sets(sums.ab) + value**2 * sets.square
    found = np.diag(np.maximum(spread, 0) / mass**2)
    shared = sums.aa - (value[own] + value[whole]) * sums.ab + value[own] * value[whole] * sums.bb
    found[own, whole] = found[whole, own] = shared / (mass[own] * mass[whole])
    return found, None


def _on_sets(sums: Numbers) -> Numbers:
    """Sums by group (the last axis) as sums on every set of rows."""
    whole = sums.sum(axis=-1, keepdims=True)
    return np.concatenate([sums, whole, np.maximum(whole - sums, 0) if (sums >= 0).all() else whole - sums], axis=-1)
