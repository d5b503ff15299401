"""A tally of one number per row: from its sums and sums of squares come the mean and its scatter, for every slice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mlgate.tabular.points import Undefined
from mlgate.tabular.scatter import Scatter, independent, sharded
from mlgate.tabular.tabulate import Axis, Cells, Numbers, keyed

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of all rows (the last axis is of size 1), by shard where rows come in shards, by group before that.

    `mass` counts the rows; of numbers x less `pivot`, which keeps the sums small, `first` holds the sums of w x,
    `square` those of (w x)^2 and `mixed` those of w^2 x.
    """

    mass: Cells
    pivot: float
    first: Numbers
    square: Numbers
    mixed: Numbers

    def each(self, change: Callable[[Numbers], Numbers]) -> Sums:
        """The tally with all its sums changed."""
        return Sums(self.mass.each(change), self.pivot, change(self.first), change(self.square), change(self.mixed))

    def without(self, part: Sums) -> Sums:
        """The tally of the rows that are not in `part`."""
        mass = self.mass.without(part.mass)
        return Sums(mass, self.pivot, self.first - part.first, self.square - part.square, self.mixed - part.mixed)

    @property
    def size(self) -> int:
        return self.mass.size

    def estimate(self, finish: Callable[[float], tuple[float, float]]) -> tuple[float, Scatter]:
        """A function of the mean and its scatter; `finish` gives the function and its slope at a mean.

        Raises `Undefined` where nothing has any weight.
        """
        total = self.mass.total
        if total <= 0:
            raise Undefined("nothing can be measured here: every row's weight is 0.")
        above = float(self.first.sum()) / total
        value, slope = finish(self.pivot + above)
        if self.mass.sharded:
            errors = _difference(self.first, above * self.mass.weight)
            return value, sharded(errors * (slope / total), self.mass.weight)
        squares = _difference(self.square + above * above * self.mass.square, 2 * above * self.mixed)
        return value, independent(np.maximum(squares, 0) * (slope / total) ** 2, self.mass.rows)


def _difference(one: Numbers, other: Numbers) -> Numbers:
    """What is left of `one`; where all but rounding cancels out, nothing is."""
    left = one - other
    return np.where(np.abs(left) <= _ROUNDING * (np.abs(one) + np.abs(other)), 0.0, left)


def sums_of(axes: Sequence[Axis], mass: Cells, numbers: Callable[[slice], Numbers], weight: Numbers | None) -> Sums:
    """Add up the numbers, made block by block, in the cells of `mass`, which are those of the axes."""
    shape = mass.rows.shape
    first, square, mixed = np.zeros((3, mass.rows.size))
    pivot: float | None = None
    for part, keys in keyed(axes):
        values = numbers(part)
        pivot = float(values.mean()) if pivot is None else pivot
        values = values - pivot
        own = values if weight is None else values * weight[part]
        first += np.bincount(keys, weights=own, minlength=first.size)
        if mass.sharded:
            continue  # what shards add up to is enough
        if weight is not None:
            mixed += np.bincount(keys, weights=own * weight[part], minlength=first.size)
        square += np.bincount(keys, weights=own * own, minlength=first.size)
    if weight is None:
        mixed = first
    return Sums(mass, pivot or 0.0, first.reshape(shape), square.reshape(shape), mixed.reshape(shape))
