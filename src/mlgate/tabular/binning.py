"""Scores as bins in their order: exact where there are few distinct ones, else fine enough to bound the error.

Bins are made on all rows and hold equal shares of the two classes together. What is lost is the order of positives
and negatives within one bin: of an AUC at most half the sum over bins of (share of positives x share of negatives),
which is under 8e-6 for 65,536 bins. `BinnedScores.error` is that bound for the bins at hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular.tabulate import Axis, Numbers, blocks, tabulate

BITS = 16
_MOST = 1 << BITS
_GRID_BITS = 18
_GRID_ROWS = 1 << 17
_GRID_ERROR = 2e-5
_FINE_BITS = 20
_ROUNDS = 3

Bits = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class BinnedScores:
    """`codes` are bins in the order of the scores, below 2**bits; `counts` the rows by label and bin.

    `error` bounds what the bins lose of an AUC; it is 0 where every bin holds one distinct score.
    """

    codes: Bits
    bits: int
    counts: Numbers
    error: float


def bin_scores(score: Numbers, label: NDArray[np.uint8]) -> BinnedScores:
    """Bin scores of two classes.

    Many rows go through an even grid, which spares sorting them: with bins for the scores that a sample holds, where
    these are few, else with bins that hold equal shares of the sample. Where either is not good enough, rows are
    sorted after all.
    """
    if len(score) > _GRID_ROWS:
        binned = _by_value(score, label) or _by_share(score, label)
        if binned.error <= _GRID_ERROR:
            return binned
    return _by_rank(score, label)


def lost(counts: Numbers, several: NDArray[np.bool_] | bool = True) -> float:
    """At most so much of an AUC is lost in (2, bins) counts; `several`: which bins hold several distinct scores."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    return float((share[0] * share[1] * several).sum()) / 2


@dataclass(frozen=True, slots=True)
class _Grid:
    """Scores to the cells of an even grid, in their order."""

    low: float
    scale: float

    @classmethod
    def over(cls, score: Numbers, bits: int) -> _Grid:
        low, high = float(score.min()), float(score.max())
        return cls(low, ((1 << bits) - 1) / max(high - low, 1e-300))

    def cells(self, score: Numbers) -> NDArray[np.int32]:
        places = score - self.low
        places *= self.scale
        return places.astype(np.int32)


def _by_share(score: Numbers, label: NDArray[np.uint8]) -> BinnedScores:
    """Bins that hold equal shares of the two classes together, as a sample has them."""
    grid, size, step = _Grid.over(score, _GRID_BITS), 1 << _GRID_BITS, len(score) // _GRID_ROWS
    sampled = grid.cells(score[::step])
    counts = np.bincount(sampled + label[::step] * np.int32(size), minlength=2 * size).reshape(2, size)
    bin_of = _equal_shares(counts)
    codes = np.empty(len(score), dtype=np.uint16)
    for part in blocks(len(score)):
        codes[part] = bin_of.take(grid.cells(score[part]))
    found = tabulate([Axis(label, 2), Axis(codes, _MOST)])
    return BinnedScores(codes, BITS, found, lost(found))


def _by_value(score: Numbers, label: NDArray[np.uint8]) -> BinnedScores | None:
    """A bin for every distinct score; None where there are too many, or too close ones for the grid."""
    values, grid = np.unique(score[:: len(score) // _GRID_ROWS]), _Grid.over(score, _FINE_BITS)
    for _ in range(_ROUNDS):
        cells = grid.cells(values)
        if len(values) > _MOST or (np.diff(cells) == 0).any():
            return None
        bin_of = np.zeros(1 << _FINE_BITS, dtype=np.uint16)
        bin_of[cells] = np.arange(len(values))
        codes, strange = np.empty(len(score), dtype=np.uint16), [values]
        for part in blocks(len(score)):
            block = score[part]
            found = codes[part] = bin_of.take(grid.cells(block))
            differs = values.take(found) != block
            if differs.any():
                strange.append(np.unique(block[differs]))
        if len(strange) == 1:
            bits = _bits(len(values))
            return BinnedScores(codes, bits, tabulate([Axis(label, 2), Axis(codes, 1 << bits)]), 0.0)
        values = np.unique(np.concatenate(strange))
    return None


def _by_rank(score: Numbers, label: NDArray[np.uint8]) -> BinnedScores:
    order = np.argsort(score)
    ordered = score[order]
    new = np.empty(len(score), dtype=bool)
    new[0], new[1:] = False, ordered[1:] != ordered[:-1]
    rank = np.cumsum(new, dtype=np.int32)
    distinct = int(rank[-1]) + 1
    counts = np.bincount(rank + distinct * label[order].astype(np.int32), minlength=2 * distinct).reshape(2, distinct)
    bits = _bits(distinct)
    bins = _equal_shares(counts) if distinct > _MOST else np.arange(distinct, dtype=np.uint16)
    codes = np.empty(len(score), dtype=np.uint16)
    codes[order] = bins[rank]
    merged: Numbers = np.stack([np.bincount(bins, weights=row, minlength=1 << bits) for row in counts]).astype(
        float, copy=False
    )
    several = np.bincount(bins, minlength=1 << bits) > 1
    return BinnedScores(codes, bits, merged, lost(merged, several))


def _bits(values: int) -> int:
    return min(max(1, (values - 1).bit_length()), BITS)


def _equal_shares(counts: NDArray[np.int64]) -> Bits:
    """The bin of every value, (2, values) rows by class: each bin has about the same share of both classes together."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mass = share.sum(axis=0) / 2
    middle = np.cumsum(mass) - mass / 2
    bins: Bits = np.minimum(middle * _MOST, _MOST - 1).astype(np.uint16)
    return bins
