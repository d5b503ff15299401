"""One metric on many parts of the rows: each slice, each slice beside the rest, each slice of two models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from operator import itemgetter

from mlgate.stats import Estimate
from mlgate.tabular.comparing import compared
from mlgate.tabular.estimates import difference_of
from mlgate.tabular.grouping import Keys
from mlgate.tabular.measuring import Bench, Index, Question, Reading, Tally, hides_tails
from mlgate.tabular.partition import Slices, Spec, Split
from mlgate.tabular.points import Point, Undefined
from mlgate.tabular.rows import Rows
from mlgate.tabular.scatter import Scatter, between


class Slicer:
    """Measures the slices of a table: from one tally of all of them where the metric has one, else each on its rows."""

    def __init__(self, slices: Slices) -> None:
        self._slices = slices

    def readings(self, bench: Bench, question: Question, spec: Spec) -> Iterator[tuple[Keys, Reading | None]]:
        """The metric of every slice; None where it has no value there."""
        split = self._slices.split(spec)
        tally = bench.tally(question, split)
        for code, keys in enumerate(split.keys):
            yield keys, _inside(bench, question, tally, split, code)

    def gaps(self, bench: Bench, question: Question, spec: Spec, sign: int) -> Iterator[tuple[Keys, Estimate]]:
        """Slice minus rest. A slice that is all of the table has no rest, and is left out."""
        split = self._slices.split(spec)
        if split.count < 2:
            return
        tally = bench.tally(question, split)
        others = None if tally is None else tally.each(lambda sums: sums.sum(axis=0) - sums)
        for code, keys in enumerate(split.keys):
            part = _inside(bench, question, tally, split, code)
            rest = _outside(bench, question, others, split, code)
            yield keys, _gap(question, part, rest, split.sizes[code], sign)

    def comparisons(
        self,
        rows: Rows,
        here: Bench,
        there: Bench,
        asked: tuple[Question, Question],
        *,
        spec: Spec,
        sign: int,
    ) -> Iterator[tuple[Keys, Estimate]]:
        """Candidate against champion on the rows of every slice."""
        split = self._slices.split(spec)
        for code, keys in enumerate(split.keys):
            index = split.rows_of(code)
            ours, theirs = _on_rows(here, asked[0], index), _on_rows(there, asked[1], index)
            if ours is None or theirs is None:
                yield keys, _undecidable(len(index))
            else:
                yield keys, _turned(compared(rows, here, there, asked, (ours, theirs), index=index), sign)


def _inside(bench: Bench, question: Question, tally: Tally | None, split: Split, code: int) -> Reading | None:
    """The metric of a slice, from its own rows where the tally is too coarse for them."""
    part = None if tally is None else tally.each(itemgetter(code))
    if part is None or hides_tails(part) or bench.is_coarse(question, part):
        return _on_rows(bench, question, split.rows_of(code))
    return _of_tally(bench, question, part)


def _outside(bench: Bench, question: Question, others: Tally | None, split: Split, code: int) -> Reading | None:
    """The metric of all rows but a slice's; `others` is the tally of them, by slice."""
    rest = None if others is None else others.each(itemgetter(code))
    if rest is None or hides_tails(rest):
        return _on_rows(bench, question, split.rows_without(code))
    if bench.is_coarse(question, rest):
        rest = bench.tally_without(question, split.rows_of(code))
    return _of_tally(bench, question, rest)


def _on_rows(bench: Bench, question: Question, index: Index) -> Reading | None:
    with suppress(Undefined):
        return bench.read(question, index) if len(index) else None
    return None


def _of_tally(bench: Bench, question: Question, tally: Tally) -> Reading | None:
    with suppress(Undefined):
        return bench.reading(question, tally) if tally.size else None
    return None


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
    spread = estimate.spread
    if spread is not None and spread.centre is not None:
        spread = replace(spread, centre=sign * spread.centre)
    return Estimate(sign * estimate.value, estimate.n, spread, estimate.support)
