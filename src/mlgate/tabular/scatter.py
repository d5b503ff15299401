"""How far an estimate scatters, from the influence of each row on it.

The influence of a row is the change of the estimate when a little more weight is put on it. An estimate's variance
is that of the mean of its rows' influences (Hampel, The influence curve and its role in robust estimation, JASA 69,
1974, 383-393); for AUC this is DeLong's (DeLong et al., Biometrics 44, 1988, 837-845). With entities, influences are
first added up within shards, which keeps an entity's rows together (Liang & Zeger, Biometrika 73, 1986, 13-22).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular.sampling import Sampling
from mlgate.tabular.tabulate import Cells, Numbers

AS_NORMAL = 10_000.0
"""Degrees of freedom, or rows, from which on Student's quantiles are the normal ones."""
_LEAST_LEFT = 0.25
_NOTHING = 1e-300


@dataclass(frozen=True, slots=True)
class Scatter:
    """`variance` of an estimate, with Student's degrees of freedom.

    Strata are what the estimate is sure about separately, such as positives and negatives. `units` are the independent
    units of each stratum: rows, or as many entities of equal size as vary like those at hand. `shards` are the shards'
    shares of the estimate's error and `held` the rows that they hold, by stratum; shape (shards, strata).
    """

    variance: float
    df: float | None
    units: Numbers | None = None
    shards: Numbers | None = None
    held: NDArray[Any] | None = None

    @property
    def se(self) -> float:
        return math.sqrt(self.variance)

    def at_least(self, variance: float) -> Scatter:
        """This scatter, or a wider one where a handful of rows shows less than is plausible."""
        return self if self.variance >= variance else replace(self, variance=variance)


def independent(variances: Numbers, rows: Numbers) -> Scatter:
    """Rows that know nothing of each other: sums of squared influences by stratum, and the strata's rows.

    Degrees of freedom are Satterthwaite's (Biometrics Bulletin 2, 1946, 110-114), for two strata those of Brunner &
    Munzel (Biometrical Journal 42, 2000, 17-25).
    """
    free = np.maximum(rows - 1, 0.5)
    corrected = variances * np.maximum(rows, 1.0) / free
    return Scatter(float(corrected.sum()), _satterthwaite(corrected, free), rows)


def sharded(shards: Numbers, held: NDArray[Any]) -> Scatter:
    """Rows in shards: sums of influences per shard and stratum, and the rows (or weight) that are behind each.

    A shard pulls the estimate towards itself by its share of the rows, so that its own error looks too small by that
    share: it is divided by what is left, which is the delete-one-shard jackknife (Bell & McCaffrey, Survey Methodology
    28, 2002, 169-181). Degrees of freedom count shards as if of equal size (Satterthwaite's).
    """
    share = held / np.maximum(held.sum(axis=0), _NOTHING)
    used = max(int(held.any(axis=1).sum()), 2)
    units = 1 / np.maximum(np.square(share).sum(axis=0), 1 / max(len(share), 1))
    lifted = shards / np.maximum(1 - share, _LEAST_LEFT)
    variance = float(np.square(lifted.sum(axis=1)).sum()) * (used - 1) / used
    df = _satterthwaite(np.square(lifted).sum(axis=0), np.maximum(units - 1, 0.5))
    tailed = _tailed(lifted[:, 0]) if shards.shape[1] == 1 else AS_NORMAL
    return Scatter(variance, min(df or AS_NORMAL, used - 1.0, tailed), units, shards, held)


def between(one: Scatter, other: Scatter) -> Scatter:
    """The difference of two estimates on rows of which none is in both."""
    if one.shards is not None and other.shards is not None and one.held is not None and other.held is not None:
        strata = np.concatenate([one.shards, -other.shards], axis=1)
        return sharded(strata, np.concatenate([one.held, other.held], axis=1))
    parts = np.array([one.variance, other.variance])
    return Scatter(float(parts.sum()), _satterthwaite(parts, np.array([one.df or AS_NORMAL, other.df or AS_NORMAL])))


def scatter_of(cells: Cells, influence: Numbers, *, pooled: bool = False) -> Scatter:
    """The scatter of an estimate with this influence in each cell; the first axis (after shards) is the stratum.

    `pooled`: shards are added up over all strata first. Rows that know nothing of each other add up in any case.
    """
    total = cells.total
    if cells.sharded:
        kept = tuple(range(2, cells.weight.ndim))
        sums, held = (cells.weight * influence).sum(axis=kept) / total, cells.weight.sum(axis=kept)
        if pooled:
            sums, held = sums.sum(axis=1, keepdims=True), held.sum(axis=1, keepdims=True)
        return sharded(sums, held)
    kept = tuple(range(1, cells.weight.ndim))
    sums = (cells.square * np.square(influence)).sum(axis=kept) / total**2
    return independent(sums, cells.rows.sum(axis=kept))


def scatter_of_rows(influence: Numbers, stratum: NDArray[Any], strata: int, sampling: Sampling) -> Scatter:
    """The scatter of an estimate with this influence of each row; rows of one shard are added up first."""
    weighted = influence if sampling.weight is None else influence * sampling.weight
    total = float(sampling.rows if sampling.weight is None else sampling.weight.sum())
    if sampling.shard is None:
        squares = np.bincount(stratum, weights=np.square(weighted), minlength=strata) / total**2
        found = independent(squares, np.bincount(stratum, minlength=strata).astype(float))
        if strata > 1 or sampling.rows > AS_NORMAL:
            return found
        df = min(found.df or AS_NORMAL, _tailed(weighted))
        return replace(found, df=df if df < AS_NORMAL else None)
    keys = sampling.shard.astype(np.intp) * strata + stratum
    size = sampling.shards * strata
    sums = np.bincount(keys, weights=weighted, minlength=size).reshape(-1, strata) / total
    return sharded(sums, np.bincount(keys, weights=sampling.weight, minlength=size).reshape(-1, strata))


def _tailed(parts: Numbers) -> float:
    """Degrees of freedom of a sum of squares of which a few make up the most: three times its square over its fourths.

    Satterthwaite's, (sum of v)^2 / (sum of v^2), with every part's own v^2 read off its fourth power, which is 3 v^2 in
    the mean for a normal part. Equal parts have about their number, heavy tails far fewer.
    """
    squares = np.square(parts)
    fourths = float(np.square(squares).sum())
    return max(3 * float(squares.sum()) ** 2 / fourths, 1.0) if fourths > 0 else AS_NORMAL


def _satterthwaite(variances: Numbers, free: Numbers) -> float | None:
    whole = float(variances.sum())
    if whole <= 0:
        return None
    df = whole**2 / float((np.square(variances) / free).sum())
    return None if df > AS_NORMAL else df
