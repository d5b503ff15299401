"""`data.time_leakage`: training rows from after the test table's begin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from mlgate import CheckError, Estimate, Finding, Measurement, NotApplicable, Scale, Spread
from mlgate_data.engine.breaches import Breaches, Breaking, OfColumn
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.facts import Schema
from mlgate_data.engine.kinds import Kind, column, kind_of
from mlgate_data.engine.numbers import Extremes
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Steps, of
from mlgate_data.integrity.shares import percent
from mlgate_data.leakage import POISONED
from mlgate_data.leakage.keys import moment
from mlgate_data.leakage.rows import export, finding
from mlgate_data.schema.findings import MASKED, plain

if TYPE_CHECKING:
    import polars as pl

Moment = datetime | int | float


@data_check("data.time_leakage", better="lower", default={"at_most": 0.01}, voids=POISONED)
def time_leakage(data: Data) -> Steps:
    """Share of training rows that are later than the first test row.

    For tables with a `time` under [data]: in use, a model learns from what was and answers what comes, so a test that
    says something about that begins where training ends. Dates and times are compared as UTC (those without a zone are
    taken as UTC), numbers as they are; the same moment on both sides is no leak. The interval is Wilson's (1927,
    JASA 22). By default a share shown to be above 0.01 blocks, and voids what was measured on the test rows; a test
    table that is older than all of train has a share of 1. `mlgate run --export-rows DIR` writes the training rows.

    ## What to do
    Split by time: train before a day, test from that day on. One test row with a wrong date makes the first test row
    early: the finding tells its time. Where time means nothing for this model, don't name it under [data], or set
    `level = "warn"`.
    """
    train, test = data.both()
    time = data.columns.time
    if time is None:
        raise NotApplicable("no time column is named.", hint="Name it with `time` under [data].")
    kind = _kind(time, train, test)
    yield [*of(train, [Extremes(time)]), *of(test, [Extremes(time)])]
    begins, ends = _ends(time, train, kind)
    first, last = _ends(time, test, kind)
    told = {"first_test": _told(first, data), "last_train": _told(ends, data)}
    if ends <= first:  # type: ignore[operator] # both are of one kind
        return Measurement(Measurement.exact(0.0, n=train.rows).estimate, data=told)
    look = Breaking(Later(time, first))
    yield of(train, [look])
    late = train[look]
    export("data.time_leakage", train, data, lambda batch: batch.numbered().filter(look.rule.breaks(train.schema)))
    whole = last < begins  # type: ignore[operator]
    return Measurement(_share(late), findings=(_finding(late, whole, told, train, data),), data=told)


@dataclass(frozen=True)
class Later(OfColumn):
    """No value after `bound`: a moment in UTC without a zone, or a number."""

    bound: Moment
    name: str = "later"

    @property
    def broken(self) -> str:
        return f"after {plain(self.bound)}"

    def breaks(self, schema: Schema) -> pl.Expr:
        import polars as pl

        if isinstance(self.bound, datetime):
            return moment(self.column, schema[self.column]) > pl.lit(self.bound, dtype=pl.Datetime("us"))
        return column(self.column) > self.bound


def _kind(time: str, train: Scan, test: Scan) -> Kind:
    """The kind of the time column, which both tables have and hold alike."""
    for scan in (train, test):
        scan.table.require(time)
        if not _orders(scan.schema[time]):
            raise CheckError(
                f"{time!r} of {scan.table.uri} holds {scan.schema[time]}, where dates, times or numbers are needed.",
                hint="Read it as dates or times.",
            )
    kinds = [kind_of(scan.schema[time]) for scan in (train, test)]
    if kinds[0] is not kinds[1]:
        raise CheckError(
            f"{time!r} holds {kinds[0]} in train and {kinds[1]} in test, which can't be compared.",
            hint="Read both tables the same way.",
        )
    return kinds[0]


def _orders(dtype: pl.DataType) -> bool:
    import polars as pl

    return dtype.is_numeric() or dtype in (pl.Date, pl.Datetime)


def _ends(time: str, scan: Scan, kind: Kind) -> tuple[Moment, Moment]:
    found = scan[Extremes(time)]
    if found is None:
        raise CheckError(f"{time!r} of {scan.table.uri} has no value in any row.")
    return (_comparable(found[0], kind), _comparable(found[1], kind))


def _comparable(value: Any, kind: Kind) -> Moment:
    if kind is not Kind.TIME:
        number: int | float = value
        return number
    day: date = value
    if not isinstance(day, datetime):
        return datetime(day.year, day.month, day.day)
    return day if day.tzinfo is None else day.astimezone(UTC).replace(tzinfo=None)


def _told(value: Moment, data: Data) -> str:
    return MASKED if data.columns.time in data.columns.sensitive else str(plain(value))


def _share(late: Breaches) -> Estimate:
    share = late.share
    return Estimate(
        share, late.of, Spread("wilson", math.sqrt(share * (1 - share) / late.of), Scale.SCORE, trials=late.of)
    )


def _finding(late: Breaches, whole: bool, told: dict[str, str], train: Scan, data: Data) -> Finding:
    older = "; the whole test table is older than train" if whole else ""
    message = (
        f"{late.count:,} of {late.of:,} training rows ({percent(late.share)}) are later than the first test row, "
        f"{told['first_test']}{older}."
    )
    return finding(message, late.count, late.rows, train, data)
