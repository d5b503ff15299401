"""Scores as bins in their order: exact where there are few distinct ones, else fine enough to bound the error.

Bins are made on all rows and hold equal shares of the two classes together. What is lost is the order of positives
and negatives within one bin: of an AUC at most half the sum over bins of (share of positives x share of negatives),
which is under 8e-6 for 65,536 bins. `BinnedScores.error` is that bound for the bins at hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular.tabulate import BLOCK_ROWS, Numbers, blocks

BITS = 16
_GRID_BITS = 20
_GRID_ROWS = 1 << 17
_GRID_ERROR = 2e-5

Bits = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class BinnedScores:
    """`codes` are bins in the order of the scores, below 2**bits; `error` bounds what the bins lose of an AUC."""

    codes: Bits
    bits: int
    error: float


def bin_scores(score: Numbers, label: NDArray[np.uint8]) -> BinnedScores:
    """Bin scores of two classes. Many rows go through an even grid, which spares sorting them, if it is fine enough."""
    if len(score) > _GRID_ROWS:
        binned = _by_grid(score, label)
        if binned.error <= _GRID_ERROR:
            return binned
    return _by_rank(score, label)


def _by_rank(score: Numbers, label: NDArray[np.uint8]) -> BinnedScores:
    order = np.argsort(score)
    ordered = score[order]
    new = np.empty(len(score), dtype=bool)
    new[0], new[1:] = False, ordered[1:] != ordered[:-1]
    rank = np.cumsum(new, dtype=np.int32)
    distinct = int(rank[-1]) + 1
    table = np.bincount(rank + distinct * label[order].astype(np.int32), minlength=2 * distinct).reshape(2, distinct)
    bins, bits, error = _merged(table.astype(np.float64))
    codes = np.empty(len(score), dtype=np.uint16)
    codes[order] = bins[rank]
    return BinnedScores(codes, bits, error)


def _by_grid(score: Numbers, label: NDArray[np.uint8]) -> BinnedScores:
    low, high = float(score.min()), float(score.max())
    steps = (1 << _GRID_BITS) - 1
    scale = steps / (high - low) if high > low else 0.0
    grid = np.empty(len(score), dtype=np.int32)
    for part in blocks(len(score)):
        grid[part] = (score[part] - low) * scale
    counts = np.zeros(2 << _GRID_BITS)
    for part in blocks(len(score), BLOCK_ROWS << 4):
        keys = label[part].astype(np.int32) << _GRID_BITS
        counts += np.bincount(keys + grid[part], minlength=len(counts))
    table: Numbers = counts.reshape(2, -1)
    used = np.flatnonzero(table.any(axis=0))
    bins, bits, error = _merged(table[:, used], _mixed(score, grid, used))
    lookup = np.zeros(1 << _GRID_BITS, dtype=np.uint16)
    lookup[used] = bins
    codes = np.empty(len(score), dtype=np.uint16)
    for part in blocks(len(score)):
        codes[part] = lookup[grid[part]]
    return BinnedScores(codes, bits, error)


def _mixed(score: Numbers, grid: NDArray[np.int32], used: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of the used grid cells hold more than one distinct score; asked only where few cells are used."""
    mixed = np.ones(len(used), dtype=bool)
    if len(used) > 1 << BITS:
        return mixed
    witness = np.zeros(1 << _GRID_BITS)
    differs = np.zeros(1 << _GRID_BITS, dtype=bool)
    witness[grid] = score
    for part in blocks(len(score)):
        cells = grid[part]
        differs[cells[score[part] != witness[cells]]] = True
    return differs[used]


def _merged(table: Numbers, mixed: NDArray[np.bool_] | None = None) -> tuple[Bits, int, float]:
    """The bin of every distinct value, the bits that count the bins, and the bound of the AUC's error.

    `table` is (2, values): rows by class; `mixed` says which values are not one score but several.
    """
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    values = table.shape[1]
    if values <= 1 << BITS:
        lost = 0.0 if mixed is None else float((share[0] * share[1] * mixed).sum()) / 2
        return np.arange(values, dtype=np.uint16), max(1, (values - 1).bit_length()), lost
    mass = share.sum(axis=0) / 2
    middle = np.cumsum(mass) - mass / 2
    bins = np.minimum(middle * (1 << BITS), (1 << BITS) - 1).astype(np.uint16)
    merged = np.stack([np.bincount(bins, weights=row, minlength=1 << BITS) for row in share])
    return bins, BITS, float((merged[0] * merged[1]).sum()) / 2


def mean_scores(binned: BinnedScores, score: Numbers) -> Numbers:
    """The mean score of the rows in each bin (0 where there are none), in the order of the bins."""
    size = 1 << binned.bits
    total, rows = np.zeros(size), np.zeros(size)
    for part in blocks(len(score), BLOCK_ROWS << 2):
        rows += np.bincount(binned.codes[part], minlength=size)
        total += np.bincount(binned.codes[part], weights=score[part], minlength=size)
    return total / np.maximum(rows, 1)
