"""Claims about the shape of a column: its most common value, values far from the rest, how its values are spread."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError
from mlgate_data.engine.batches import Batch
from mlgate_data.engine.breaches import Breaches, Breaking, OfColumn
from mlgate_data.engine.counts import Tally
from mlgate_data.engine.facts import Collecting, Fact, Schema
from mlgate_data.engine.histograms import doubles
from mlgate_data.engine.kinds import Kind, column, kind_of
from mlgate_data.engine.numbers import OfOne, Spread
from mlgate_data.engine.quantiles import Quantiles
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.sql import names_in
from mlgate_data.schema.claims import STRICT, Breach, Plain, Tolerance, are, limits, many
from mlgate_data.schema.values import Scalar

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class MostCommon(Plain):
    """`most_common`: the value that most rows have is one of these; with `ties`, one of those that most rows have."""

    column: str
    values: tuple[Scalar, ...]
    ties: bool = False
    rule: str = "most_common"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        return (Tally(self.column, 1_000_000),)

    def breach(self, scan: Scan) -> Breach | None:
        counts = scan[Tally(self.column, 1_000_000)]
        if not counts.complete:
            raise CheckError(f"column {self.column!r} has more than a million values, too many to tell the most common")
        most = max(counts.of.values(), default=0)
        modes = [value for value, count in counts.of.items() if count == most]
        good = [value for value in modes if value in self.values]
        if good and (self.ties or len(modes) == 1):
            return None
        return Breach(self.rule, self.columns, f"does not have {_one_of(self.values)} most often")


@dataclass(frozen=True)
class Far(OfColumn):
    """Values at or beyond `high` deviations above a middle (or, with `both`, below it too)."""

    middle: float
    deviation: float
    threshold: float
    both: bool
    name: str

    @property
    def broken(self) -> str:
        return f"{self.threshold:g} standard deviations or more from the mean of {self.middle:.6g}"

    def breaks(self, schema: Schema) -> pl.Expr:
        score = (column(self.column) - self.middle) / self.deviation
        return (score.abs() if self.both else score) >= self.threshold


@dataclass(frozen=True)
class Beyond(OfColumn):
    """Values outside of two fences."""

    low: float
    high: float
    name: str = "tukey_fences"

    @property
    def broken(self) -> str:
        return f"outside the fences {self.low:.6g} and {self.high:.6g}"

    def breaks(self, schema: Schema) -> pl.Expr:
        return ~column(self.column).is_between(self.low, self.high)


@dataclass(frozen=True)
class NotFar:
    """`max_z_score`, `max_abs_z_score`, `tukey_fences`: no value far from the rest, by the column's own statistics.

    The statistics are of all rows of the table, and are known before its rows are judged: the table is read twice.
    """

    column: str
    rule: str
    limit: float
    tolerance: Tolerance = STRICT

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.column, *names_in(self.tolerance.where))))

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        if kind_of(schema[self.column]) is not Kind.NUMBER:
            raise CheckError(f"column {self.column!r} holds {schema[self.column]}, and {self.rule} speaks of numbers.")
        return (Quantiles(self.column) if self.rule == "tukey_fences" else Spread(self.column),)

    def more(self, scan: Scan) -> Iterable[Fact[Any]]:
        look = self.look(scan)
        return () if look is None else (look,)

    def found(self, scan: Scan) -> Breaches:
        """The rows that are far away, whether the tolerance excuses them or not."""
        look = self.look(scan)
        return Breaches(0, scan.rows) if look is None else scan[look]

    def breach(self, scan: Scan) -> Breach | None:
        tuple(self.facts(scan.schema))
        found, look = self.found(scan), self.look(scan)
        if look is None or self.tolerance.excuses(found.count, found.of):
            return None
        said = f"{many(found.count, found.of)} {are(found.count)} {look.rule.broken}"
        return Breach(self.rule, (self.column,), said + limits(self.tolerance), breaches=found)

    def look(self, scan: Scan) -> Breaking | None:
        """What is asked once the statistics are known; None where there is nothing to judge by."""
        if self.rule == "tukey_fences":
            ranked = scan[Quantiles(self.column)]
            if ranked is None:
                return None
            first, third = ranked.at(0.25), ranked.at(0.75)
            reach = self.limit * (third - first)
            return Breaking(Beyond(self.column, first - reach, third + reach), self.tolerance.where)
        spread = scan[Spread(self.column)]
        if spread is None or not spread.deviation > 0:
            return None
        both = self.rule == "max_abs_z_score"
        about = Far(self.column, spread.mean, spread.deviation, self.limit, both, self.rule)
        return Breaking(about, self.tolerance.where)


@dataclass(frozen=True)
class Binned(OfOne):
    """How many values lie in each bin, the last bin with its upper end; and how many in none."""

    edges: tuple[float, ...]

    def collector(self, schema: Schema) -> _Binned:
        return _Binned(self)


class _Binned(Collecting):
    def __init__(self, fact: Binned) -> None:
        self._fact = fact
        self._counts: NDArray[np.int64] = np.zeros(len(fact.edges) - 1, dtype=np.int64)
        self._outside = 0

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        numbers = doubles(batch.frame.get_column(self._fact.column))
        found = np.histogram(numbers, np.array(self._fact.edges))[0]
        self._counts += found
        self._outside += len(numbers) - int(found.sum())

    def result(self) -> tuple[tuple[int, ...], int]:
        return tuple(self._counts.tolist()), self._outside


@dataclass(frozen=True)
class Divergence(Plain):
    """`kl_divergence`: the relative entropy of the column's shares to stated ones is at most `most`.

    Kullback & Leibler 1951, Annals of Mathematical Statistics 22, in nats: sum of p log(p / q). `unseen` is the share
    that is kept for values that are not stated, all of them together; without it, one such row is infinitely far.
    """

    column: str
    most: float
    weights: tuple[float, ...]
    values: tuple[Scalar, ...] = ()
    edges: tuple[float, ...] = ()
    unseen: float = 0.0
    rule: str = "kl_divergence"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        return (Binned(self.column, self.edges) if self.edges else Tally(self.column),)

    def breach(self, scan: Scan) -> Breach | None:
        value = self._divergence(scan)
        if value <= self.most:
            return None
        said = f"{value:.4g}" if math.isfinite(value) else "infinite, for it has values that are not stated"
        return Breach(
            self.rule,
            self.columns,
            f"has a divergence of {said}, and it should be at most {self.most:g}",
            data={"value": value if math.isfinite(value) else None},
        )

    def _divergence(self, scan: Scan) -> float:
        if self.edges:
            inside, outside = scan[Binned(self.column, self.edges)]
        else:
            counts = scan[Tally(self.column)]
            if not counts.complete:
                return math.inf
            inside = tuple(counts.of.get(value, 0) for value in self.values)
            outside = counts.total - sum(inside)
        total, stated = sum(inside) + outside, sum(self.weights)
        expected = [(1 - self.unseen) * weight / stated for weight in self.weights] + [self.unseen]
        parts = [(count / total, q) for count, q in zip((*inside, outside), expected, strict=True) if count]
        return sum(p * math.log(p / q) if q else math.inf for p, q in parts) if total else math.inf


def _one_of(values: Sequence[Scalar]) -> str:
    return " or ".join(map(repr, values[:5])) + (" or others" if len(values) > 5 else "")
