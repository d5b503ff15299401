"""`data.volume`, `data.freshness`, `data.label_imbalance`, `data.special_characters`."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from mlgate import CheckError, Estimate, Measurement, NotApplicable, Part, Scale, Spread
from mlgate_data.engine.breaches import Breaking
from mlgate_data.engine.counts import Tally
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.kinds import Kind, kind_of, shared
from mlgate_data.engine.numbers import Extremes
from mlgate_data.engine.steps import Steps, of
from mlgate_data.integrity.shares import by_column, rise
from mlgate_data.schema.rules import Pattern

_MOST_CLASSES = 50
_STRANGE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{FFFD}]|Ã[\x{0080}-\x{00BF}]|â€"
_DAY = 86_400.0


@data_check("data.volume", better="higher", unit="rows")
def volume(data: Data) -> Steps:
    """How many rows the test table has; without one, the training table.

    Recorded, and judged only by a rule of the gate file, as `at_least = 10000`. The part `of_train` is the number as a
    share of the training table's, where there are both.

    ## What to do
    Fewer rows than usual: look for a source that did not deliver, a filter, a join that dropped rows.
    """
    table = data.judged()
    yield ()
    parts: tuple[Part, ...] = ()
    if data.train is not None and table is not data.train:
        parts = (Part("of_train", Estimate(table.rows / data.train.rows, table.rows)),)
    return Measurement(Estimate(float(table.rows), table.rows), "rows", parts=parts)


@data_check("data.freshness", better="lower", unit="d")
def freshness(data: Data, *, column: str | None = None, table: str = "test", now: str | None = None) -> Steps:
    """How many days ago the newest row of a table is from.

    The newest value of the time column (`time` under [data]; `column` names another) of `table`, test or train, told
    from now; `now` sets another moment (ISO 8601), for replays. Times without a zone are taken as UTC. Recorded, and
    judged only by a rule of the gate file, as `at_most = "7d"`.

    ## What to do
    Older than it should be: look for a delivery that stopped, or a path that still names last month.
    """
    scan = {"test": data.test, "train": data.train}.get(table)
    name = column or data.columns.time
    if scan is None:
        raise NotApplicable(f"there is no {table} table.", hint=f"Name it with --{table} or [data] {table}.")
    if name is None:
        raise NotApplicable("no time column is named.", hint="Name it with `time` under [data].")
    scan.table.require(name)
    if kind_of(scan.schema[name]) is not Kind.TIME:
        raise CheckError(f"{name!r} of {scan.table.uri} holds {scan.schema[name]}, and freshness needs dates or times.")
    yield of(scan, [Extremes(name)])
    ends = scan[Extremes(name)]
    if ends is None:
        raise CheckError(f"{name!r} of {scan.table.uri} has no value in any row.")
    moment = datetime.now(UTC) if now is None else _zoned(datetime.fromisoformat(now))
    newest = _zoned(ends[1])
    days = (moment - newest).total_seconds() / _DAY
    return Measurement(Estimate(days, scan.rows), "d", data={"newest": newest.isoformat(), "now": moment.isoformat()})


@data_check("data.label_imbalance", better="higher", default={"at_least": 0.01, "level": "warn"})
def label_imbalance(data: Data) -> Steps:
    """Share of the rarest class in the test table; without one, in the training table.

    With Wilson's interval (1927, JASA 22). By default a share shown to be below 0.01 is a warning: numbers about such a
    class stand on few rows. For labels of up to 50 classes.

    ## What to do
    Collect more rows of the class, or judge by numbers that it can't be left out of: average precision, macro F1.
    """
    table, label = data.judged(), data.label()
    yield of(table, [Tally(label)])
    counts = table[Tally(label)]
    if not counts.complete or not 2 <= counts.distinct <= _MOST_CLASSES:
        raise NotApplicable(f"{label!r} has {counts.distinct:,} values or more, which are no classes.")
    n, rarest = counts.total, min(counts.of.values())
    share = rarest / n
    spread = Spread("wilson", math.sqrt(share * (1 - share) / n), Scale.SCORE, trials=n)
    return Measurement(Estimate(share, n, spread))


@data_check("data.special_characters", better="lower", default={"at_most": 0.01, "level": "warn"})
def special_characters(data: Data) -> Steps:
    """How much more often text holds characters that only broken encodings leave behind.

    For every column of text: the share of values with a control character, U+FFFD, or UTF-8 read as Latin-1, in test
    minus in train (without a training table, in test alone). By default a rise shown to be above 0.01 is a warning; the
    columns share one error budget (Holm 1979).

    ## What to do
    Read the file in the encoding in which it was written, and look at one such value in the source.
    """
    table = data.judged()
    train = data.train if table is not data.train else None
    names = shared(table.schema, (train or table).schema, Kind.TEXT)
    looks = {name: Breaking(Pattern(name, (_STRANGE,), "not_regex")) for name in names}
    yield [*(of(train, looks.values()) if train else ()), *of(table, looks.values())]
    measured = {}
    for name, look in looks.items():
        here, there = table[look], train[look] if train else None
        if here.count:
            measured[name] = rise(here.count, here.of, there.count if there else 0, there.of if there else table.rows)
    return by_column(measured, table.rows)


def _zoned(moment: date) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
