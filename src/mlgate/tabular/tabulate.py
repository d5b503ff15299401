"""The one group-by: rows to counts and sums by any axes. A tally of parts adds up to the tally of the whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 1 << 17
"""Rows worked on at once: their keys stay in a processor's cache."""

Codes = NDArray[np.unsignedinteger[Any]]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axis:
    """One code per row, below `size` after `shift`: shifting merges 2**shift neighbouring codes."""

    codes: Codes
    size: int
    shift: int = 0


def tabulate(axes: Sequence[Axis], weight: Numbers | None = None) -> Numbers:
    """Rows (or their weights, summed) by every combination of the axes' codes; the shape is the axes' sizes."""
    shape = tuple(axis.size for axis in axes)
    cells = math.prod(shape)
    total = np.zeros(cells)
    for part in blocks(len(axes[0].codes), max(BLOCK_ROWS, cells)):
        keys = _keys(axes, part)
        total += np.bincount(keys, weights=None if weight is None else weight[part], minlength=cells)
    return total.reshape(shape)


def blocks(rows: int, size: int = BLOCK_ROWS) -> Iterator[slice]:
    """The rows in order, in slices of `size`."""
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


def _keys(axes: Sequence[Axis], part: slice) -> NDArray[np.int64]:
    keys = np.zeros(part.stop - part.start, dtype=np.int64)
    for axis in axes:
        keys *= axis.size
        keys += axis.codes[part] >> axis.shift if axis.shift else axis.codes[part]
    return keys


@dataclass(frozen=True, slots=True)
class Cells:
    """A tally: the sums of the weights, of their squares, and the rows, in every cell.

    `sharded`: the first axis counts shards (rows of one entity are in one shard), so that sums are known per shard.
    """

    weight: Numbers
    square: Numbers
    rows: Numbers
    sharded: bool

    def of(self, group: int) -> Cells:
        """One group of a tally whose first axis is the group."""
        return Cells(self.weight[group], self.square[group], self.rows[group], self.sharded)

    def whole(self) -> Cells:
        """All groups of a tally whose first axis is the group, added up."""
        return Cells(self.weight.sum(axis=0), self.square.sum(axis=0), self.rows.sum(axis=0), self.sharded)

    def without(self, part: Cells) -> Cells:
        """The tally of the rows that are not in `part`."""
        return Cells(self.weight - part.weight, self.square - part.square, self.rows - part.rows, self.sharded)

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    @property
    def size(self) -> int:
        return round(float(self.rows.sum()))


def tally(axes: Sequence[Axis], weight: Numbers | None, *, sharded: bool) -> Cells:
    """The cells of the axes; unweighted rows are counted once and serve as all three sums."""
    rows = tabulate(axes)
    if weight is None:
        return Cells(rows, rows, rows, sharded)
    return Cells(tabulate(axes, weight), tabulate(axes, weight * weight), rows, sharded)
