"""`data.unit_change`, `data.outliers`: numbers that are of another size than in training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlgate import Estimate, Finding, Measurement, Scale, Severity, Spread
from mlgate_data.engine.breaches import Breaking, OfColumn
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.facts import Schema
from mlgate_data.engine.footers import Known
from mlgate_data.engine.histograms import Distribution, Histogram
from mlgate_data.engine.kinds import Kind, column, shared
from mlgate_data.engine.numbers import Extremes
from mlgate_data.engine.steps import Steps, of
from mlgate_data.integrity.shares import by_column

if TYPE_CHECKING:
    import polars as pl

_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
_FEWEST = 30
_UNITS = (2.20462, 1.609344, 2.54, 3.28084, 0.45359237, 0.621371, 0.393701, 0.3048, 60.0, 1 / 60, 3600.0, 1 / 3600)
"""Pounds, miles, inches, feet, minutes and seconds, in kilograms, kilometres, centimetres, metres, hours."""


@data_check("data.unit_change", default={"no_findings": True})
def unit_change(data: Data) -> Steps:
    """Columns of numbers that are scaled by a power of ten, or by the factor of another unit.

    Compares the sizes of the values that are not zero, at five quantiles. Every quantile larger (or smaller) by nearly
    the same power of ten is a finding; so is every quantile larger by the same factor, within 3%, where that is one of
    the usual units (pounds, miles, inches, feet, minutes) and both tables have 500 such values. A shape that changed is
    `data.drift`'s matter.

    ## What to do
    Ask which unit the source sends since when, and convert where the data is loaded.
    """
    train, test = data.both()
    names = shared(test.schema, train.schema, Kind.NUMBER)
    yield [*of(train, map(Distribution, names)), *of(test, map(Distribution, names))]
    found = [
        _scaled(name, factor)
        for name in names
        if (factor := _factor(train[Distribution(name)].nonzero(), test[Distribution(name)].nonzero())) is not None
    ]
    return Measurement(Measurement.exact(len(found), n=test.rows).estimate, findings=tuple(found))


@data_check("data.outliers", better="lower", default={"at_most": 0.001, "level": "warn"})
def outliers(data: Data) -> Steps:
    """Share of test rows with a number far outside of everything that training has.

    Far outside is beyond the least or the greatest value of train by more than their whole distance: a robust rule, for
    heavy tails stretch the distance. By default a share shown to be above 0.001 is a warning (Wilson's interval, 1927,
    JASA 22); the columns share one error budget (Holm 1979), and one odd row in a small table is not shown.

    ## What to do
    Look at the rows: a missing decimal point, a placeholder as 999999, a unit (`data.unit_change`). What is real and
    new is more than the model has learned.
    """
    train, test = data.both()
    names = shared(test.schema, train.schema, Kind.NUMBER)
    yield of(train, map(Extremes, names))
    looks = {name: Breaking(look) for name in names if (look := _far(name, train[Extremes(name)])) is not None}
    yield of(test, looks.values())
    measured = {name: _share(test[look].count, test[look].of) for name, look in looks.items() if test[look].count}
    return by_column(measured, test.rows)


@dataclass(frozen=True)
class Outside(OfColumn):
    """No value outside of two ends."""

    low: float
    high: float
    name: str = "outside"

    @property
    def broken(self) -> str:
        return f"outside {self.low:g} to {self.high:g}"

    def kept(self, known: Known) -> bool:
        return known.ends is not None and self.low <= known.ends[0] and known.ends[1] <= self.high

    def breaks(self, schema: Schema) -> pl.Expr:
        return ~column(self.column).is_between(self.low, self.high)


def _far(name: str, ends: tuple[float, float] | None) -> Outside | None:
    if ends is None or not all(math.isfinite(end) for end in ends) or ends[0] == ends[1]:
        return None
    low, high = float(ends[0]), float(ends[1])
    return Outside(name, low - (high - low), high + (high - low))


def _share(count: int, n: int) -> Estimate:
    share = count / n
    return Estimate(share, n, Spread("wilson", math.sqrt(share * (1 - share) / n), Scale.SCORE, trials=n))


def _factor(train: Histogram, test: Histogram) -> float | None:
    """The factor between the two, where every quantile tells the same one."""
    if min(train.n, test.n) < _FEWEST:
        return None
    ratios = [test.quantile(share) / train.quantile(share) for share in _SHARES]
    logs = sorted(math.log10(ratio) for ratio in ratios)
    power = round(logs[len(logs) // 2])
    if power and all(abs(each - power) < 0.3 for each in logs):
        return float(10.0**power)
    if min(train.n, test.n) >= 500 and logs[-1] - logs[0] < math.log10(1.03):
        middle = 10 ** logs[len(logs) // 2]
        return next((unit for unit in _UNITS if abs(middle / unit - 1) < 0.02), None)
    return None


def _scaled(name: str, factor: float) -> Finding:
    times = f"{factor:g} times larger" if factor > 1 else f"{1 / factor:g} times smaller"
    message = f"{name!r}: the test table's values are about {times} than the training table's, at every quantile."
    return Finding(message, Severity.HIGH, data={"column": name, "factor": factor})
