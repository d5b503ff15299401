"""What one model's answers are reduced to, by slice: each tally is made once and serves every metric that needs it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mlgate.tabular.answers import Answers
from mlgate.tabular.binning import BinnedScores, bin_scores
from mlgate.tabular.partition import Partition, Slices, Split
from mlgate.tabular.row_metrics import Cut, Loss
from mlgate.tabular.rows import Rows
from mlgate.tabular.sums import Sums, sums_of
from mlgate.tabular.tabulate import Axis, Cells, Numbers, tally

Made = TypeVar("Made")
_MOST_CELLS = 1 << 23
"""Cells of one tally: 64 MiB."""
_CACHED_CELLS = 1 << 20
_LEAST_BITS = 13
"""8,192 bins of equal shares lose at most 6.2e-5 of an AUC, where slices score as all rows do."""


def room(rows: Rows) -> int:
    """The combinations of slices that one tally may hold, with every shard, class and decision of each."""
    own = rows.sampling.shards * max(len(rows.classes), 1) ** 2
    return max(min(_CACHED_CELLS, rows.count) // own, 1)


class Tallies:
    """Counts and sums of one model's answers; asked with a split they have an axis of its slices in front.

    Those of all rows are the sums of the declared slices', so that the rows are gone through once for both.
    """

    def __init__(self, rows: Rows, answers: Answers, slices: Slices) -> None:
        self._slices = slices
        self._rows = rows
        self._answers = answers
        self._made: dict[Hashable, Any] = {}

    def decisions(self, threshold: float) -> NDArray[Any]:
        """The class that is answered, as a code: scores from `threshold` on are positive; of many, the highest."""
        return self._once(("decided", threshold), lambda: _decided(self._answers, threshold))

    def binned(self, name: str) -> BinnedScores:
        """The scores of two classes in bins, for the metric `name`."""
        scores = self._answers.needed_scores(name)
        return self._once("binned", lambda: bin_scores(scores, self._rows.label))

    def by_decision(self, threshold: float, split: Split | None) -> Cells | None:
        """Rows by label and decision; None where there are more classes than a tally can hold."""
        partition, classes = self._slices.first() if split is None else split.partition, len(self._rows.classes)
        axes = [*self._axes(partition), Axis(self._rows.label, classes), Axis(self.decisions(threshold), classes)]
        if np.prod([float(axis.size) for axis in axes]) > _MOST_CELLS:
            return None
        made = self._once((threshold, partition), lambda: self._cells(axes))
        return made.each(_by(split, partition))

    def by_bin(self, name: str, split: Split | None) -> Cells:
        """Rows by label and bin of the score. Slices keep as many bins as fit."""
        binned, weight = self.binned(name), self._rows.sampling.weight
        if split is None and weight is None:
            return Cells(binned.counts, binned.counts, binned.counts, sharded=False)
        slices = 1 if split is None else split.count
        kept = binned.bits if split is None else min(binned.bits, _bits_of_bins(slices))
        bins = Axis(binned.codes, 1 << kept, binned.bits - kept)
        axes = [] if split is None else [Axis(split.codes, slices)]
        return self._once(("bins", split), lambda: self._cells([*axes, Axis(self._rows.label, 2), bins]))

    def sums(self, asked: Hashable, loss: Loss, cut: Cut, split: Split | None) -> Sums:
        """Sums of the losses; `asked` tells the losses apart. Raises `CheckError` for what has no loss."""
        partition = self._slices.first() if split is None else split.partition
        axes = [*self._axes(partition), Axis(np.zeros(self._rows.count, np.uint8), 1)]

        def make() -> Sums:
            loss.refuse(cut)
            mass = self._once(("mass", partition), lambda: self._cells(axes))
            return sums_of(axes, mass, lambda part: loss.of(cut.part(part)), cut.weight)

        made = self._once(("sums", asked, partition), make)
        return made.each(_by(split, partition))

    def _axes(self, partition: Partition | None) -> list[Axis]:
        sampling = self._rows.sampling
        slices = [] if partition is None else [Axis(partition.codes, partition.count)]
        shards = [] if sampling.shard is None else [Axis(sampling.shard, sampling.shards)]
        return [*slices, *shards]

    def _cells(self, axes: list[Axis]) -> Cells:
        sampling = self._rows.sampling
        return tally(axes, sampling.weight, sharded=sampling.shard is not None)

    def _once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made


def _by(split: Split | None, partition: Partition | None) -> Callable[[Numbers], Numbers]:
    """From sums by a partition's codes to sums by slice, or of all rows."""
    if split is not None:
        return split.of
    return (lambda sums: sums) if partition is None else (lambda sums: sums.sum(axis=0))


def _bits_of_bins(slices: int) -> int:
    """The bins of a ranking by slice: 65,536 of a few slices, 8,192 of five hundred."""
    small, large = (max(cells // (2 * slices), 2).bit_length() - 1 for cells in (_CACHED_CELLS, _MOST_CELLS))
    return max(small, min(large, _LEAST_BITS))


def _decided(answers: Answers, threshold: float) -> NDArray[Any]:
    if answers.labels is not None:
        return answers.labels
    scores = answers.needed_scores("a decision")
    if scores.ndim == 1:
        return (scores >= threshold).view(np.uint8)
    highest: NDArray[Any] = scores.argmax(axis=1).astype(np.uint8 if scores.shape[1] <= 256 else np.uint32)
    return highest
