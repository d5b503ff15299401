"""The search: every condition and every two of them, exactly; the worst segment, then the worst of the other rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate_performance.segments.crossing import Numbers, Pair, Sums, crossed, over, pairs, taken
from mlgate_performance.segments.halves import Described
from mlgate_performance.segments.levels import whole
from mlgate_performance.segments.scoring import Whole, bounds, scores

STANDS_OUT = 3.0
"""Standard errors beyond the tolerance from which on a segment is taken to the other half."""
DIVIDES = 3.5
"""Standard errors by which the rows that a second condition takes away must be better, or it is dropped."""
LEAST_SHARE = 0.01

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Segment:
    """The rows that fulfil one or two conditions; `inside` has one entry per row of the table."""

    conditions: tuple[tuple[str, str], ...]
    inside: Mask
    score: float

    @property
    def condition(self) -> str:
        return " and ".join(said for _, said in self.conditions)


@dataclass(frozen=True, slots=True)
class _Place:
    """One condition of each feature of a pair."""

    pair: Pair
    conditions: tuple[int, int]
    score: float


class Search:
    """Looks among `rows` for segments in which `sums.loss` (one entry per row of the table) is high.

    A segment needs `least` of these rows and of those `held` back. Rows of a segment that was found are left out from
    then on, so that what comes next is weak without them: no echo of the first in other words.
    """

    def __init__(self, told: Described, rows: Rows, held: Rows, sums: Sums, *, min_rows: int, deep: bool) -> None:
        self._features = (whole(len(sums.loss)), *told.features, *told.finer)
        self._rows = rows
        self._sums = sums
        self._least = [max(min_rows, round(LEAST_SHARE * len(part))) for part in (rows, held)]
        self._pairs = pairs(len(self._features), len(told.finer), deep)
        self._held = crossed(self._features, held, [None], self._pairs)
        self._tables = crossed(self._features, rows, sums.of(rows).columns, self._pairs)

    def found(self, most: int) -> Iterator[Segment]:
        """The segments that stand out, the worst first, up to `most`."""
        for _ in range(most):
            place = self.best()
            if place is None or place.score < STANDS_OUT:
                return
            segment = self._segment(self._shorter(place))
            self.leave_out(segment.inside)
            yield segment

    def leave_out(self, inside: Mask) -> None:
        """Go on without these rows."""
        gone = self._rows[inside[self._rows]]
        self._rows = self._rows[~inside[self._rows]]
        self._tables = taken(self._tables, crossed(self._features, gone, self._sums.of(gone).columns, self._pairs))

    def best(self) -> _Place | None:
        """The place with the highest score; None where there is no segment that is large enough."""
        if not len(self._rows):
            return None
        part = self._sums.of(self._rows)
        weight = np.ones(len(self._rows)) if part.weight is None else part.weight
        all_rows = Whole.of(weight, part.loss)
        lightest = self._least[0] * float(weight.min())
        found: _Place | None = None
        open_to = [np.arange(len(feature.conditions)) for feature in self._features]
        for pair in self._pairs:
            kept = open_to[pair[0]], open_to[pair[1]]
            if not (len(kept[0]) and len(kept[1])):
                continue
            sums, fits = self._over(pair, kept)
            scored = np.where(fits, scores(sums[1], sums[2], sums[3], all_rows), -np.inf)
            place = np.unravel_index(int(scored.argmax()), scored.shape)
            if np.isfinite(scored[place]) and (found is None or scored[place] > found.score):
                chosen = int(kept[0][place[0]]), int(kept[1][place[1]])
                found = _Place(pair, chosen, float(scored[place]))
            if pair[0] == 0:
                promise = bounds(sums[1, 0], sums[4, 0], lightest, all_rows)
                floor = max(STANDS_OUT, found.score if found else STANDS_OUT)
                open_to[pair[1]] = np.flatnonzero(fits[0] & (promise > floor))
        return found

    def _over(self, pair: Pair, conditions: tuple[NDArray[np.intp], NDArray[np.intp]]) -> tuple[Numbers, Mask]:
        """The sums of every two conditions, and whether enough rows fulfil them."""
        features = self._features[pair[0]], self._features[pair[1]]
        sums = over(self._tables[pair], features, conditions)
        held = over(self._held[pair], features, conditions)[0]
        return sums, (sums[0] >= self._least[0]) & (held >= self._least[1])

    def _shorter(self, place: _Place) -> _Place:
        """One condition alone, where the rows that the other one takes away are not clearly better."""
        if place.pair[0] == 0:
            return place
        both = self._inside(place)
        parts = [
            _Place((0, feature), (0, condition), place.score)
            for feature, condition in zip(place.pair, place.conditions, strict=True)
        ]
        same = {part: self._divided(both, self._inside(part)) for part in parts}
        least = min(parts, key=lambda part: same[part])
        return least if same[least] < DIVIDES else place

    def _divided(self, inside: Mask, alone: Mask) -> float:
        """By how many standard errors the rows inside are worse than the others that fulfil one condition alone."""
        part, kept = self._sums.of(self._rows), alone[self._rows]
        weight = np.ones(len(kept)) if part.weight is None else part.weight
        if weight[kept].sum() > weight.sum() / 2:
            return np.inf
        parts = (inside[self._rows], kept & ~inside[self._rows])
        sizes = [max(float(weight[each].sum()), 1e-300) for each in parts]
        means = [float(weight[each] @ part.loss[each]) / size for each, size in zip(parts, sizes, strict=True)]
        variance = Whole.of(weight[kept], part.loss[kept]).variance
        return (means[0] - means[1]) / math.sqrt(variance * (1 / sizes[0] + 1 / sizes[1]))

    def _inside(self, place: _Place) -> Mask:
        first, second = (
            self._features[at].rows(condition) for at, condition in zip(place.pair, place.conditions, strict=True)
        )
        return first & second

    def _segment(self, place: _Place) -> Segment:
        told = [
            (self._features[at].name, self._features[at].conditions[condition])
            for at, condition in zip(place.pair, place.conditions, strict=True)
            if at != 0
        ]
        return Segment(tuple(told), self._inside(place), place.score)
