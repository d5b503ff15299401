"""How the rows were drawn: with which weights, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import DataError

if TYPE_CHECKING:
    import polars as pl

SHARDS = 256
"""Groups of entities whose sums are kept apart: their scatter gives a standard error to 4.4% (1 / sqrt(2 * 255))."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """`weight` and `shard` hold one number per row; without `shard` rows are independent.

    `cluster` is the mean number of rows met in a row's own entity, the largest design effect that clusters can have
    (Kish, Survey Sampling, 1965, section 5.4).
    """

    rows: int
    weight: NDArray[np.float64] | None = None
    shard: NDArray[np.uint8] | None = None
    shards: int = 1
    cluster: float = 1.0

    def part(self, index: NDArray[np.intp]) -> Sampling:
        """The sampling of some of the rows."""
        return replace(
            self,
            rows=len(index),
            weight=None if self.weight is None else self.weight[index],
            shard=None if self.shard is None else self.shard[index],
        )

    @property
    def simple(self) -> bool:
        """Independent rows of equal weight."""
        return self.weight is None and self.shard is None

    @property
    def worst_effect(self) -> float:
        """The design effect to assume where the sample shows none, as at a share of 0 or 1."""
        spread = 1.0
        if self.weight is not None:
            spread = self.rows * float(np.square(self.weight).sum()) / float(self.weight.sum()) ** 2
        return spread * self.cluster


def sampling_of(rows: int, weight: pl.Series | None, entity: pl.Series | None, uri: str) -> Sampling:
    """Raises `DataError` for weights or entities that are missing or make no sense."""
    weights = None if weight is None else _weights(weight, uri)
    if entity is None:
        return Sampling(rows, weights)
    return _clustered(rows, weights, entity, uri)


def _weights(column: pl.Series, uri: str) -> NDArray[np.float64]:
    if not column.dtype.is_numeric():
        raise DataError(f"The weight {column.name!r} of {uri} is {column.dtype}, not a number.")
    values: NDArray[np.float64] = column.cast(float).to_numpy()
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(bad):
        raise DataError(
            f"The weight {column.name!r} of {uri} is missing, infinite or negative in {len(bad):,} rows, "
            f"the first is row {bad[0]:,} (rows count from 0)."
        )
    if not values.any():
        raise DataError(f"The weight {column.name!r} of {uri} is 0 in every row.")
    return values


def _clustered(rows: int, weights: NDArray[np.float64] | None, entity: pl.Series, uri: str) -> Sampling:
    if entity.null_count():
        raise DataError(
            f"The entity {entity.name!r} of {uri} is missing in {entity.null_count()} rows.",
            hint="Rows without an entity can't be kept together with theirs.",
        )
    keys: NDArray[Any] = entity.hash(seed=0).to_numpy()
    distinct, sizes = np.unique(keys, return_counts=True)
    if len(distinct) < 2:
        raise DataError(
            f"The entity {entity.name!r} of {uri} is the same in every row.",
            hint="At least two entities are needed to see how far results vary between them.",
        )
    few = len(distinct) <= SHARDS
    shard = (np.searchsorted(distinct, keys) if few else keys >> np.uint64(56)).astype(np.uint8)
    cluster = float(np.square(sizes, dtype=float).sum() / rows)
    return Sampling(rows, weights, shard, len(distinct) if few else SHARDS, cluster)
