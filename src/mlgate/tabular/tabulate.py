"""The one group-by: rows to counts and sums by any axes. A tally of parts adds up to the tally of the whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 1 << 15
"""Rows worked on at once: what is computed of them stays in a processor's cache."""

Codes = NDArray[Any]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axis:
    """One code per row, below `size` after `shift`: shifting merges 2**shift neighbouring codes."""

    codes: Codes
    size: int
    shift: int = 0

    def of(self, part: slice) -> Codes:
        return self.codes[part] >> self.shift if self.shift else self.codes[part]


def tabulate(axes: Sequence[Axis], weight: Numbers | None = None) -> Numbers:
    """Rows (or their weights, summed) by every combination of the axes' codes; the shape is the axes' sizes."""
    shape = tuple(axis.size for axis in axes)
    cells = math.prod(shape)
    total = np.zeros(cells)
    for part, keys in keyed(axes):
        total += np.bincount(keys, weights=None if weight is None else weight[part], minlength=cells)
    return total.reshape(shape)


def keyed(axes: Sequence[Axis]) -> Iterator[tuple[slice, NDArray[np.uint32]]]:
    """Blocks of rows, each row with the place of its cell; blocks are no smaller than the table that they add to."""
    cells = math.prod(axis.size for axis in axes)
    for part in blocks(len(axes[0].codes), max(BLOCK_ROWS, cells)):
        keys = axes[0].of(part).astype(np.uint32)
        for axis in axes[1:]:
            keys *= np.uint32(axis.size)
            keys += axis.of(part).astype(np.uint32, copy=False)
        yield part, keys


def blocks(rows: int, size: int = BLOCK_ROWS) -> Iterator[slice]:
    """The rows in order, in slices of `size`."""
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


@dataclass(frozen=True, slots=True)
class Cells:
    """A tally: the sums of the weights, of their squares, and the rows, in every cell.

    `sharded`: the first axis counts shards (rows of one entity are in one shard), so that sums are known per shard.
    A tally of groups has the group as an axis before all others.
    """

    weight: Numbers
    square: Numbers
    rows: Numbers
    sharded: bool

    def each(self, change: Callable[[Numbers], Numbers]) -> Cells:
        """The tally with all its sums changed, such as to those of one group: `tally.each(itemgetter(group))`."""
        weight = change(self.weight)
        if self.rows is self.weight:
            return Cells(weight, weight, weight, self.sharded)
        return Cells(weight, change(self.square), change(self.rows), self.sharded)

    def without(self, part: Cells) -> Cells:
        """The tally of the rows that are not in `part`."""
        weight = self.weight - part.weight
        if self.rows is self.weight:
            return Cells(weight, weight, weight, self.sharded)
        return Cells(weight, self.square - part.square, self.rows - part.rows, self.sharded)

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    @property
    def size(self) -> int:
        return round(float(self.rows.sum()))


def tally(axes: Sequence[Axis], weight: Numbers | None, *, sharded: bool) -> Cells:
    """The cells of the axes; unweighted rows are counted once and serve as all three sums."""
    if weight is None:
        rows = tabulate(axes)
        return Cells(rows, rows, rows, sharded)
    shape = tuple(axis.size for axis in axes)
    cells = math.prod(shape)
    first, square, rows = np.zeros((3, cells))
    for part, keys in keyed(axes):
        own = weight[part]
        first += np.bincount(keys, weights=own, minlength=cells)
        square += np.bincount(keys, weights=own * own, minlength=cells)
        rows += np.bincount(keys, minlength=cells)
    return Cells(first.reshape(shape), square.reshape(shape), rows.reshape(shape), sharded)
