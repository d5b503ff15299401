"""Claims about a column as a whole: its order, repeated values, and statistics within bands."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mlgate_data.engine.breaches import Breaches
from mlgate_data.engine.counts import Missing, Tally
from mlgate_data.engine.facts import Fact, Schema
from mlgate_data.engine.numbers import Extremes, Moments, Spread
from mlgate_data.engine.order import Disorder, Repeated, Repetition, WithKey
from mlgate_data.engine.quantiles import Quantiles
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.sql import names_in
from mlgate_data.schema.claims import STRICT, Breach, Plain, Tolerance, are, limits, many
from mlgate_data.schema.values import Scalar, as_number


@dataclass(frozen=True)
class Unique:
    """No two rows have the same values in `key`; rows without any of them are left out."""

    key: tuple[str, ...]
    tolerance: Tolerance = STRICT
    rule: str = "unique"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.key, *names_in(self.tolerance.where))))

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        return (self._fact,)

    def more(self, scan: Scan) -> Iterable[Fact[Any]]:
        found = scan[self._fact]
        return () if self.tolerance.excuses(found.count, found.of) else (self._shown(found),)

    def breach(self, scan: Scan) -> Breach | None:
        counted = scan[self._fact]
        if self.tolerance.excuses(counted.count, counted.of):
            return None
        said = f"{many(counted.count, counted.of)} {'repeats' if counted.count == 1 else 'repeat'} values of other rows"
        return Breach(self.rule, self.key, said + limits(self.tolerance), breaches=self.found(scan))

    def found(self, scan: Scan) -> Breaches:
        """The rows that repeat values, whether the tolerance excuses them or not."""
        counted = scan[self._fact]
        return Breaches(counted.count, counted.of, scan[self._shown(counted)] if counted.count else ())

    @property
    def _fact(self) -> Repeated:
        return Repeated(self.key, self.tolerance.where)

    def _shown(self, found: Repetition) -> WithKey:
        return WithKey(self.key, found.some, self.tolerance.where)


@dataclass(frozen=True)
class Ordered(Plain):
    """Each value follows the one before it: `increasing`, `decreasing`, or `strictly` so."""

    column: str
    direction: str
    tolerance: Tolerance = STRICT
    rule: str = "order"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.column, *names_in(self.tolerance.where))))

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        return (self.fact,)

    def breach(self, scan: Scan) -> Breach | None:
        found = self.found(scan)
        if self.tolerance.excuses(found.count, found.of):
            return None
        said = f"{many(found.count, found.of)} {are(found.count)} not {self.direction} from the row before"
        return Breach(self.rule, (self.column,), said + limits(self.tolerance), breaches=found)

    def found(self, scan: Scan) -> Breaches:
        """The rows out of order, whether the tolerance excuses them or not."""
        return scan[self.fact]

    @property
    def fact(self) -> Disorder:
        """What is asked of the table."""
        falling, strictly = self.direction.endswith("decreasing"), self.direction.startswith("strictly")
        return Disorder(self.column, falling, strictly, self.tolerance.where)


STATISTICS = ("mean", "std", "sum", "median", "least", "greatest", "distinct", "distinct_share", "present_share")
_COUNTED = 5_000_000
"""Distinct values that are counted at most."""


@dataclass(frozen=True)
class Band(Plain):
    """A statistic of a column lies between two numbers; None leaves a side open. Missing values are left out."""

    column: str
    statistic: str
    low: Scalar | None = None
    high: Scalar | None = None
    share: float | None = None
    open: tuple[bool, bool] = (False, False)
    """Whether the low and the high end are outside of the band."""

    @property
    def rule(self) -> str:
        return self.statistic if self.share is None else f"quantile {self.share:g}"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        return (self._fact,)

    def breach(self, scan: Scan) -> Breach | None:
        value = self._measured(scan)
        if value is None:
            return Breach(self.rule, self.columns, f"has no value, so its {self.rule} can't be told")
        low, high = self._end(self.low, -math.inf, scan), self._end(self.high, math.inf, scan)
        above = value > low if self.open[0] else value >= low
        below = value < high if self.open[1] else value <= high
        if math.isfinite(value) and above and below:
            return None
        said = f"has a {self.rule} of {value:.6g}, and it should be {between(self.low, self.high, self.open)}"
        return Breach(self.rule, self.columns, said, data={"value": value if math.isfinite(value) else None})

    @property
    def _fact(self) -> Fact[Any]:
        match self.statistic:
            case "mean" | "std" | "sum":
                return Spread(self.column)
            case "least" | "greatest":
                return Extremes(self.column)
            case "median" | "quantile":
                return Quantiles(self.column)
            case "present_share":
                return Missing(self.column)
            case _:
                return Tally(self.column, _COUNTED)

    def _measured(self, scan: Scan) -> float | None:
        found = scan[self._fact]
        if found is None:
            return None
        if isinstance(found, Moments):
            values = {"mean": found.mean, "std": found.deviation, "sum": found.mean * found.n}
            return values[self.statistic]
        if isinstance(found, int):
            return 1 - found / scan.rows
        if self.statistic in ("least", "greatest"):
            return as_number(found[0 if self.statistic == "least" else 1])
        if self.statistic in ("median", "quantile"):
            return float(found.at(0.5 if self.share is None else self.share))
        return float(found.distinct) if self.statistic == "distinct" else found.distinct / max(1, found.total)

    def _end(self, end: Scalar | None, otherwise: float, scan: Scan) -> float:
        return otherwise if end is None else as_number(end, scan.schema[self.column])


@dataclass(frozen=True)
class Contains(Plain):
    """Each of these values occurs in the column."""

    column: str
    values: tuple[Scalar, ...]
    rule: str = "contains"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        return (Tally(self.column),)

    def breach(self, scan: Scan) -> Breach | None:
        counts = scan[Tally(self.column)]
        missing = [value for value in self.values if value not in counts.of]
        if not missing or not counts.complete:
            return None
        return Breach(self.rule, self.columns, f"has no row with {', '.join(map(repr, missing[:5]))}")


def between(low: object, high: object, open: tuple[bool, bool] = (False, False)) -> str:
    """`between 1 and 2`, `at least 1`, `at most 2`, `above 1`, `below 2`."""
    if low is not None and high is not None and not any(open):
        return f"between {low} and {high}"
    ends = (("above" if open[0] else "at least", low), ("below" if open[1] else "at most", high))
    return " and ".join(f"{word} {end}" for word, end in ends if end is not None)
