"""One number over many verdicts, before it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlgate.ledger import Entry
from mlgate.results import Record, Result
from mlgate.stats import Estimate


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict of the ledger with its record."""

    entry: Entry
    record: Record

    @property
    def rows(self) -> str | None:
        """The digest of the table that it was judged on."""
        test = self.record.facts.data.get("test")
        return None if test is None else test.digest


@dataclass(frozen=True, slots=True)
class Point:
    """The number of one verdict. `other_rows` says that the verdict before it stood on another test table."""

    judged: Judged
    estimate: Estimate
    other_rows: bool

    @property
    def ends(self) -> tuple[float, float]:
        """The interval at the confidence of that run's gate; no width where it is a fact."""
        interval = self.estimate.interval(self.judged.record.facts.gate.confidence)
        return interval.low, interval.high


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one check in one unit, the oldest first."""

    check: str
    unit: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """The history of a model. `missing` verdicts have no record any more; `moves` are the alias's."""

    name: str
    series: tuple[Series, ...]
    judged: int
    missing: int
    moves: tuple[Entry, ...]


def trend(
    name: str, verdicts: Iterable[tuple[Entry, Record | None]], moves: Iterable[Entry], checks: Iterable[str]
) -> Trend:
    """The series of `checks`; without any, of every check that measured a number in the last verdict."""
    told = list(verdicts)
    judged = [Judged(entry, record) for entry, record in told if record is not None]
    wanted = tuple(checks) or tuple(_measured(judged[-1].record) if judged else ())
    series = tuple(found for check in wanted if (found := _series(check, judged)) is not None)
    return Trend(name, series, len(told), len(told) - len(judged), tuple(moves))


def _measured(record: Record) -> Iterator[str]:
    return (result.check for result in record.results if _number(result) is not None)


def _number(result: Result) -> tuple[Estimate, str] | None:
    measurement = result.run.measurement
    if measurement is None or measurement.estimate is None:
        return None
    return measurement.estimate, measurement.unit


def _series(check: str, judged: Iterable[Judged]) -> Series | None:
    """The check's numbers; those in another unit than the last one's are left out."""
    found = [
        (each, number)
        for each in judged
        for result in each.record.results
        if result.check == check and (number := _number(result)) is not None
    ]
    if not found:
        return None
    unit = found[-1][1][1]
    points: list[Point] = []
    for each, (estimate, measured_in) in found:
        if measured_in == unit:
            points.append(Point(each, estimate, bool(points) and points[-1].judged.rows != each.rows))
    return Series(check, unit, tuple(points))
