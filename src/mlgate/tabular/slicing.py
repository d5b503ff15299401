"""One metric on many parts of the rows: each slice, each slice beside the rest, each slice of two models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from mlgate.stats import Estimate
from mlgate.tabular.comparing import compared
from mlgate.tabular.estimates import difference_of
from mlgate.tabular.grouping import Groups, cross, group_by_column
from mlgate.tabular.measuring import Bench, Index, Question, Reading
from mlgate.tabular.points import Point, Undefined
from mlgate.tabular.row_metrics import LOSSES
from mlgate.tabular.rows import Rows
from mlgate.tabular.scatter import Scatter, between, independent
from mlgate.tabular.tabulate import Axis, Cells, tabulate, tally

if TYPE_CHECKING:
    from mlgate.tabular.confusion import CellMetric
    from mlgate.tabular.table import Table

Keys = Mapping[str, str]
_MOST_CELLS = 1 << 23
"""Cells of one tally of all slices: 64 MiB. A few slices keep all 65,536 bins of a ranking, a thousand keep 4,096,
which lose less than 1e-4 of an AUC (half the sum over bins of the classes' shares)."""


class Slicer:
    """Splits the rows of a table by its columns; every column is coded once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._groups: dict[tuple[str, ...], Groups] = {}
        self._cells: dict[tuple[int, int], tuple[Axis, Cells]] = {}

    def readings(
        self, bench: Bench, question: Question, spec: tuple[str, ...]
    ) -> Iterator[tuple[Keys, Reading | None]]:
        """The metric of every slice; None where it has no value there."""
        groups = self._of(spec)
        cells = self._slice_cells(bench, question, groups)
        if cells is not None:
            metric, tallied = cells
            for code, keys in enumerate(groups.keys):
                yield keys, _from_cells(bench, question, metric, tallied.of(code))
            return
        if question.metric.name in LOSSES and bench.rows.sampling.shard is None:
            yield from zip(groups.keys, _mean_losses(bench, question, groups), strict=True)
            return
        for keys, index in _indexes(groups):
            yield keys, _quietly(bench, question, index)

    def gaps(
        self, bench: Bench, question: Question, spec: tuple[str, ...], sign: int
    ) -> Iterator[tuple[Keys, Estimate]]:
        """Slice minus rest. A slice that is all of the table has no rest, and is left out."""
        groups = self._of(spec)
        if groups.count < 2:
            return
        cells = self._slice_cells(bench, question, groups)
        if cells is not None:
            metric, tallied = cells
            whole = tallied.whole()
            for code, keys in enumerate(groups.keys):
                part = tallied.of(code)
                yield (
                    keys,
                    _gap(
                        question,
                        _from_cells(bench, question, metric, part),
                        _from_cells(bench, question, metric, whole.without(part)),
                        part.size,
                        sign,
                    ),
                )
            return
        for keys, index in _indexes(groups):
            rest = np.setdiff1d(np.arange(len(groups.codes)), index, assume_unique=True)
            yield (
                keys,
                _gap(question, _quietly(bench, question, index), _quietly(bench, question, rest), len(index), sign),
            )

    def comparisons(
        self,
        rows: Rows,
        here: Bench,
        there: Bench,
        asked: tuple[Question, Question],
        *,
        spec: tuple[str, ...],
        sign: int,
    ) -> Iterator[tuple[Keys, Estimate]]:
        """Candidate against champion on the rows of every slice."""
        for keys, index in _indexes(self._of(spec)):
            ours, theirs = (_quietly(each, asked[n], index) for n, each in enumerate((here, there)))
            if ours is None or theirs is None:
                yield keys, _undecidable(len(index))
            else:
                yield keys, _turned(compared(rows, here, there, asked, (ours, theirs), index=index), sign)

    def _slice_cells(self, bench: Bench, question: Question, groups: Groups) -> tuple[CellMetric, Cells] | None:
        """The tally of all slices at once, for metrics of cells on independent rows; kept for the next metric of it."""
        made = bench.cells(question)
        if made is None or bench.rows.sampling.shard is not None:
            return None
        metric, axis = made
        key = (id(groups.codes), id(axis.codes))
        if key not in self._cells:
            classes = len(bench.rows.classes)
            room = _MOST_CELLS // (groups.count * classes)
            axes = [Axis(groups.codes, groups.count), Axis(bench.rows.label, classes), _coarse(axis, room)]
            self._cells[key] = (axis, tally(axes, bench.rows.sampling.weight, sharded=False))
        return metric, self._cells[key][1]

    def _of(self, spec: tuple[str, ...]) -> Groups:
        if spec not in self._groups:
            for column in spec:
                if (column,) not in self._groups:
                    self._groups[(column,)] = group_by_column(self._table.collect([column]).to_series())
            self._groups[spec] = cross([self._groups[(column,)] for column in spec])
        return self._groups[spec]


def _mean_losses(bench: Bench, question: Question, groups: Groups) -> Iterator[Reading | None]:
    """Mean losses of all slices in one pass, from sums of losses and of their squares by slice and class."""
    rows = bench.rows
    losses = bench.losses(question)
    weight = rows.sampling.weight
    strata = max(len(rows.classes), 1)
    axes = [Axis(groups.codes, groups.count)] + ([Axis(rows.label, strata)] if rows.classes else [])
    shape = (groups.count, strata)
    count = tabulate(axes).reshape(shape)
    total = count if weight is None else tabulate(axes, weight).reshape(shape)
    first = tabulate(axes, losses if weight is None else weight * losses).reshape(shape)
    squared = losses if weight is None else weight * losses
    square = tabulate(axes, np.square(squared)).reshape(shape)
    cross = first if weight is None else tabulate(axes, np.square(weight) * losses).reshape(shape)
    own = count if weight is None else tabulate(axes, np.square(weight)).reshape(shape)
    for code in range(groups.count):
        mass = float(total[code].sum())
        if mass <= 0:
            yield None
            continue
        mean = float(first[code].sum()) / mass
        variances = (square[code] - 2 * mean * cross[code] + mean * mean * own[code]) / mass**2
        size = float(count[code].sum())
        yield Reading(Point(mean, np.zeros(0), size), independent(np.maximum(variances, 0), count[code]), round(size))


def _coarse(axis: Axis, room: int) -> Axis:
    """The axis with neighbouring codes merged until it fits."""
    shift = 0
    while axis.size >> shift > max(room, 2):
        shift += 1
    return Axis(axis.codes, (axis.size - 1 >> shift) + 1, shift)


def _from_cells(bench: Bench, question: Question, metric: CellMetric, cells: Cells) -> Reading | None:
    try:
        return bench.from_cells(question, metric, cells)
    except Undefined:
        return None


def _quietly(bench: Bench, question: Question, index: Index) -> Reading | None:
    try:
        return bench.read(question, index) if len(index) else None
    except Undefined:
        return None


def _indexes(groups: Groups) -> Iterator[tuple[Keys, Index]]:
    """Every slice with its rows, in the table's order."""
    order = np.argsort(groups.codes, kind="stable")
    ends = np.cumsum(np.bincount(groups.codes, minlength=groups.count))
    for code, keys in enumerate(groups.keys):
        yield keys, order[ends[code - 1] if code else 0 : ends[code]]


def _gap(question: Question, part: Reading | None, rest: Reading | None, rows: int, sign: int) -> Estimate:
    if part is None or rest is None:
        return _undecidable(rows)
    value = sign * (part.point.value - rest.point.value)
    scatter = _floored(between(part.scatter, rest.scatter), part.point, rest.point)
    return difference_of(
        question.metric, value, scatter, part.rows, support=part.point.support, method="slice against rest"
    )


def _floored(scatter: Scatter, part: Point, rest: Point) -> Scatter:
    """A slice without any variance (all right, all wrong) is not known exactly: at least that of one row in support."""
    if scatter.variance > 0:
        return scatter
    return scatter.at_least(sum(0.25 / max(point.support, 1.0) ** 2 for point in (part, rest)))


def _undecidable(rows: int) -> Estimate:
    """No value on either side: 0 with a support of 0, which no rule takes for a decision."""
    return Estimate(0.0, rows, None, 0)


def _turned(estimate: Estimate, sign: int) -> Estimate:
    from dataclasses import replace

    spread = estimate.spread
    if spread is not None and spread.centre is not None:
        spread = replace(spread, centre=sign * spread.centre)
    return Estimate(sign * estimate.value, estimate.n, spread, estimate.support)
