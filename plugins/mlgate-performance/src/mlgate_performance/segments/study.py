"""From a scored table to the segments that stand out on one half of its rows, ready to be tested on the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import NotApplicable
from mlgate.tabular import Metric
from mlgate_performance.segment_options import SegmentOptions
from mlgate_performance.segments.crossing import Sums
from mlgate_performance.segments.halves import Described, described, halves
from mlgate_performance.segments.losses import chosen, expected, losses
from mlgate_performance.segments.search import Search, Segment

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

MOST_SHOWN = 10
Numbers = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Study:
    """What was found on the rows `searched`, and what the rows `held` cost and could be expected to cost."""

    scored: ScoredTable
    metric: Metric
    segments: tuple[Segment, ...]
    searched: Rows
    held: Rows
    loss: Numbers
    expected: Numbers
    notes: tuple[str, ...]


def study(scored: ScoredTable, asked: SegmentOptions) -> Study:
    """Search, ranked by the loss beyond the champion's on the same row, else beyond that of rows given like answers.

    Where there is no champion, a second search among the other rows finds what is weak in plain loss.
    """
    metric = chosen(scored, asked.metric)
    scored.metric(metric.name, threshold=asked.threshold)  # says so where the model's answers don't allow the metric
    searched, held = halves(scored, asked.min_rows)
    told = described(scored, asked.columns)
    if not told.features:
        raise NotApplicable(" ".join(("No column divides the rows into segments.", *told.notes)))
    loss = losses(scored, metric, asked.threshold)
    excess = loss - _expected(scored, metric, asked.threshold, loss, (searched, held))
    found = tuple(_found(_Searching(scored, asked, told, (searched, held)), loss, excess))
    notes = (_extent(told, asked, searched, held, len(found)), *told.notes)
    return Study(scored, metric, found, searched, held, loss[held], (loss - excess)[held], notes)


def _expected(
    scored: ScoredTable, metric: Metric, threshold: float, loss: Numbers, parts: tuple[Rows, Rows]
) -> Numbers:
    if scored.has_champion:
        return losses(scored, metric, threshold, champion=True)
    known = np.zeros(len(loss))
    for part in parts:
        known[part] = expected(scored, threshold, loss, _weight(scored), part)
    return known


@dataclass(frozen=True, slots=True)
class _Searching:
    """What every search of one study shares."""

    scored: ScoredTable
    asked: SegmentOptions
    told: Described
    parts: tuple[Rows, Rows]

    def by(self, loss: Numbers) -> Search:
        sums, deep = Sums(loss, _mass(self.scored, loss, self.parts[0])), self.asked.max_conditions > 1
        return Search(self.told, *self.parts, sums, min_rows=self.asked.min_rows, deep=deep)


def _found(searching: _Searching, loss: Numbers, excess: Numbers) -> Iterator[Segment]:
    unexpected = list(searching.by(excess).found(MOST_SHOWN))
    if searching.scored.has_champion:
        yield from unexpected
        return
    weak = [each for each in unexpected if _is_worse(each, searching, loss)]
    yield from weak
    plain = searching.by(loss)
    for segment in unexpected:
        plain.leave_out(segment.inside)
    yield from plain.found(MOST_SHOWN - len(weak))


def _is_worse(segment: Segment, searching: _Searching, loss: Numbers) -> bool:
    """Whether it is worse than the rest at all: an easy segment may be harder than expected, and is not weak."""
    rows, weight = searching.parts[0], _weight(searching.scored)
    inside, mass = segment.inside[rows], np.ones(len(rows)) if weight is None else weight[rows]
    sizes = [float(mass[side].sum()) for side in (inside, ~inside)]
    harm = [float(mass[side] @ loss[rows][side]) for side in (inside, ~inside)]
    return harm[0] * sizes[1] > harm[1] * sizes[0]


def _weight(scored: ScoredTable) -> Numbers | None:
    """Weights with mean 1, so that in the search a row of weight 2 counts as two."""
    name = scored.columns.weight
    if name is None:
        return None
    weight: Numbers = scored.table.collect([name])[name].cast(float).to_numpy()
    return weight / float(weight.mean())


def _mass(scored: ScoredTable, loss: Numbers, rows: Rows) -> Numbers | None:
    """Weights of as many rows as would tell as much, were they drawn one by one and alike; None: the rows are.

    They are divided by the design effect of the mean loss (Kish, Survey Sampling, 1965, section 8.2), so that rows of
    one entity that repeat each other do not make chance stand out.
    """
    weight, name = _weight(scored), scored.columns.entity
    if weight is None and name is None:
        return None
    mass = np.ones(len(loss)) if weight is None else weight
    apart = loss[rows] - np.average(loss[rows], weights=mass[rows])
    pulls = mass[rows] * apart
    alone = float(pulls @ apart)
    if name is not None:
        entity = scored.table.collect([name])[name].gather(rows).rank("dense").to_numpy().astype(np.intp)
        pulls = np.asarray(np.bincount(entity, pulls), dtype=float)
    return mass / max(float(pulls @ pulls) / alone, 1.0) if alone > 0 else mass


def _extent(told: Described, asked: SegmentOptions, searched: Rows, held: Rows, found: int) -> str:
    """`Searched 1,204 conditions of 12 columns and every two of them on 2,500 rows; 1 stood out, ...`."""
    conditions = sum(len(feature.conditions) for feature in told.features)
    pairs = " and every two of them" if asked.max_conditions > 1 else ""
    columns = f"{len(told.features)} column" + ("s" if len(told.features) > 1 else "")
    outcome = f"{found} stood out, tested on the other {len(held):,}" if found else "none stood out"
    return f"Searched {conditions:,} conditions on {columns}{pairs}, on {len(searched):,} rows; {outcome}."
