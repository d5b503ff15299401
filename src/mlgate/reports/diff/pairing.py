"""The difference of one number between two records, as sure as the records can tell it, and how it was told.

A record keeps no rows. It keeps the paired difference to its own champion: so a difference is paired where one run's
champion is the other's candidate, and bounded through the champion where both were compared with the same one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from mlgate.results import Comparison, Measurement, Record, Result
from mlgate.stats import Estimate, Interval, unpaired_difference


class Pairing(StrEnum):
    """How a difference was told; the sentence of each is in `EXPLAINED`."""

    PAIRED = "paired"
    THROUGH_CHAMPION = "through the champion"
    UNPAIRED = "unpaired"
    OTHER_ROWS = "other rows"
    SAME_MODEL = "same model"
    COUNTED = "counted"
    NOT_COMPARABLE = "not comparable"


EXPLAINED = {
    Pairing.PAIRED: "on the same rows: one run compared the two models itself.",
    Pairing.THROUGH_CHAMPION: "both were compared with the same champion on the same rows; the two intervals are added "
    "up, so this one is wider than a paired one would be.",
    Pairing.UNPAIRED: "on the same rows, but no run compared the two models: the interval takes them as independent, "
    "and is mostly wider than a paired one would be.",
    Pairing.OTHER_ROWS: "on other rows, or on rows without a digest: the interval takes the two as independent.",
    Pairing.SAME_MODEL: "the same model on the same rows: what differs is how it was measured.",
    Pairing.COUNTED: "facts about the rows, without sampling error.",
    Pairing.NOT_COMPARABLE: "measured with other options or in another unit: no interval can be told.",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """After less before; no interval where none can be told, or none is needed."""

    value: float
    pairing: Pairing
    interval: Interval | None = None

    @property
    def shown(self) -> bool:
        """Whether there is a difference beyond chance: its interval lies on one side of zero."""
        if self.interval is None:
            return self.value != 0 and self.pairing is not Pairing.NOT_COMPARABLE
        return self.interval.low > 0 or self.interval.high < 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, and what pairs their numbers; `level` is that of the later one's gate."""

    before: Record
    after: Record

    @property
    def level(self) -> float:
        return self.after.facts.gate.confidence

    @property
    def same_rows(self) -> bool:
        """Whether both stood on the same tables, by their digests."""
        digests = [
            {name: table.digest for name, table in record.facts.data.items()} for record in (self.before, self.after)
        ]
        return digests[0] == digests[1] and bool(digests[0]) and None not in digests[0].values()

    def whole(self, before: Result, after: Result) -> Difference | None:
        """The difference of a check's own number; None where one of the two has none."""
        one, other = before.run.measurement, after.run.measurement
        if one is None or other is None or one.estimate is None or other.estimate is None:
            return None
        if not self.comparable(before, after):
            return Difference(other.estimate.value - one.estimate.value, Pairing.NOT_COMPARABLE)
        return self._compared(one, other) or self.number(one.estimate, other.estimate)

    def number(self, before: Estimate, after: Estimate) -> Difference:
        """The difference of two numbers of comparable checks that no run compared."""
        value = after.value - before.value
        if before.spread is None and after.spread is None:
            return Difference(value, Pairing.COUNTED)
        if self.same_rows and _same(self.before.facts.candidate, self.after.facts.candidate):
            return Difference(value, Pairing.SAME_MODEL)
        pairing = Pairing.UNPAIRED if self.same_rows else Pairing.OTHER_ROWS
        return Difference(value, pairing, unpaired_difference(after, before, self.level))

    def comparable(self, before: Result, after: Result) -> bool:
        """Whether a check measured the same thing in both runs: by its options and its unit."""
        one, other = before.run.measurement, after.run.measurement
        units = [measurement.unit for measurement in (one, other) if measurement is not None]
        return before.run.options == after.run.options and len(set(units)) == 1

    def _compared(self, before: Measurement, after: Measurement) -> Difference | None:
        """The paired difference that one of the runs has, or what both tell of the same champion."""
        if not self.same_rows:
            return None
        facts, later = self.before.facts, self.after.facts
        if _same(facts.candidate, later.champion) and _is_of(after.comparison, before.estimate):
            return _paired(after.comparison, self.level)
        if _same(later.candidate, facts.champion) and _is_of(before.comparison, after.estimate):
            return _mirrored(_paired(before.comparison, self.level))
        if not _same(facts.champion, later.champion) or _same(facts.candidate, later.candidate):
            return None
        return _through(before, after, self.level)


def _same(one: object, other: object) -> bool:
    """Whether two subjects are the same bytes; a model without a digest is never known to be."""
    digests = getattr(one, "digest", None), getattr(other, "digest", None)
    return digests[0] is not None and digests[0] == digests[1]


def _is_of(comparison: Comparison | None, estimate: Estimate | None) -> bool:
    """Whether the champion's number is the one that the other run measured, up to what score bins change."""
    if comparison is None or estimate is None:
        return False
    return math.isclose(comparison.champion.value, estimate.value, rel_tol=1e-3, abs_tol=1e-4)


def _paired(comparison: Comparison | None, level: float) -> Difference:
    assert comparison is not None
    difference = comparison.difference
    interval = difference.interval(level) if difference.spread is not None else None
    return Difference(difference.value, Pairing.PAIRED, interval)


def _mirrored(difference: Difference) -> Difference:
    turned = difference.interval
    if turned is not None:
        turned = Interval(-turned.high, -turned.low, turned.level, turned.method)
    return Difference(-difference.value, difference.pairing, turned)


def _through(before: Measurement, after: Measurement, level: float) -> Difference | None:
    """Both against one champion: the standard error of a difference is at most the sum of both, however they are
    correlated. None where the unpaired interval is the narrower one.
    """
    if before.comparison is None or after.comparison is None or before.estimate is None or after.estimate is None:
        return None
    if not _is_of(after.comparison, before.comparison.champion):
        return None
    earlier, later = before.comparison.difference.interval(level), after.comparison.difference.interval(level)
    summed = Interval(later.low - earlier.high, later.high - earlier.low, level, "summed")
    if summed.half_width >= unpaired_difference(after.estimate, before.estimate, level).half_width:
        return None
    value = after.comparison.difference.value - before.comparison.difference.value
    return Difference(value, Pairing.THROUGH_CHAMPION, summed)
