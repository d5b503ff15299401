"""How far an estimate scatters, from the influence of each row on it.

The influence of a row is the change of the estimate when a little more weight is put on it. An estimate's variance
is that of the mean of its rows' influences (Hampel, The influence curve and its role in robust estimation, JASA 69,
1974, 383-393); for AUC this is DeLong's (DeLong et al., Biometrics 44, 1988, 837-845). With entities, influences are
first added up within shards, which keeps an entity's rows together (Liang & Zeger, Biometrika 73, 1986, 13-22).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular.sampling import Sampling
from mlgate.tabular.tabulate import Cells, Numbers

_AS_NORMAL = 10_000.0


@dataclass(frozen=True, slots=True)
class Scatter:
    """`variance` of an estimate, with Student's degrees of freedom; `shards` are the shards' shares of it, by stratum.

    Strata are what the estimate is sure about separately, such as positives and negatives; shape (shards, strata).
    """

    variance: float
    df: float | None
    shards: Numbers | None = None
    filled: NDArray[Any] | None = None

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
    return Scatter(float(corrected.sum()), _satterthwaite(corrected, free))


def sharded(shards: Numbers, filled: NDArray[Any]) -> Scatter:
    """Rows in shards: sums of influences per shard and stratum, and which of them have rows."""
    used = max(int(filled.any(axis=1).sum()), 2)
    free = np.maximum(filled.sum(axis=0) - 1, 0.5)
    by_stratum = np.square(shards).sum(axis=0)
    variance = float(np.square(shards.sum(axis=1)).sum()) * used / (used - 1)
    df = _satterthwaite(by_stratum, free)
    return Scatter(variance, min(df, used - 1.0) if df else used - 1.0, shards, filled)


def between(one: Scatter, other: Scatter) -> Scatter:
    """The difference of two estimates on rows of which none is in both."""
    if one.shards is not None and other.shards is not None and one.filled is not None and other.filled is not None:
        strata = np.concatenate([one.shards, -other.shards], axis=1)
        return sharded(strata, np.concatenate([one.filled, other.filled], axis=1))
    parts = np.array([one.variance, other.variance])
    return Scatter(float(parts.sum()), _satterthwaite(parts, np.array([one.df or _AS_NORMAL, other.df or _AS_NORMAL])))


def scatter_of(cells: Cells, influence: Numbers) -> Scatter:
    """The scatter of an estimate with this influence in each cell; the first axis (after shards) is the stratum."""
    total = cells.total
    if cells.sharded:
        kept = tuple(range(2, cells.weight.ndim))
        sums = (cells.weight * influence).sum(axis=kept) / total
        return sharded(sums, cells.rows.sum(axis=kept) > 0)
    kept = tuple(range(1, cells.weight.ndim))
    sums = (cells.square * np.square(influence)).sum(axis=kept) / total**2
    return independent(sums, cells.rows.sum(axis=kept))


def scatter_of_rows(influence: Numbers, stratum: NDArray[Any], strata: int, sampling: Sampling) -> Scatter:
    """The scatter of an estimate with this influence of each row; rows of one shard are added up first."""
    weighted = influence if sampling.weight is None else influence * sampling.weight
    total = float(sampling.rows if sampling.weight is None else sampling.weight.sum())
    if sampling.shard is None:
        squares = np.bincount(stratum, weights=np.square(weighted), minlength=strata) / total**2
        return independent(squares, np.bincount(stratum, minlength=strata).astype(float))
    keys = sampling.shard.astype(np.intp) * strata + stratum
    size = sampling.shards * strata
    sums = np.bincount(keys, weights=weighted, minlength=size).reshape(-1, strata) / total
    return sharded(sums, np.bincount(keys, minlength=size).reshape(-1, strata) > 0)


def smoothed_variance(counts: Numbers, influence: Callable[[Numbers], Numbers]) -> float:
    """The variance of a metric of decisions after half a row was put into every cell, for independent rows.

    Where no positive row was found, or none missed, the sample shows no variance at all: half a row per cell (as in
    Agresti & Caffo 2000, The American Statistician 54, 280-288) is the least that it may have.
    """
    filled = counts + 0.5
    return float((filled * np.square(influence(filled))).sum()) / float(filled.sum()) ** 2


def _satterthwaite(variances: Numbers, free: Numbers) -> float | None:
    whole = float(variances.sum())
    if whole <= 0:
        return None
    df = whole**2 / float((np.square(variances) / free).sum())
    return None if df > _AS_NORMAL else df
