"""`data.constant`, `data.types`, `data.mixed_types`: columns that no longer hold what they held."""

from __future__ import annotations

import math
from typing import Any

from mlgate import Estimate, Finding, Measurement, Severity
from mlgate_data.engine.breaches import Breaking
from mlgate_data.engine.counts import Missing
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.kinds import Kind, kind_of, shared
from mlgate_data.engine.numbers import Extremes
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Steps, of
from mlgate_data.integrity.shares import by_column, percent, rise
from mlgate_data.schema.findings import MASKED, plain
from mlgate_data.schema.rules import OneOf, Readable

_SURE = 0.001
_INDEX = "__index_level_0__"
"""What pandas calls an index without a name in a Parquet file."""
_ORDERED = (Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.TIME)


@data_check("data.constant", default={"no_findings": True})
def constant(data: Data) -> Steps:
    """Columns with one value in every test row that had several in training.

    Where the value has share p in train, the other n - 1 test rows repeat the first one's by chance with probability
    p^(n - 1); it is a finding where that is below 0.001, shared over the columns (p counts one row more, for a value
    that train does not have). So neither a column that is nearly constant by nature is one in a small test table, nor
    any column in a table of one row. Columns that are constant in train are told in a note: they can't help a model.

    ## What to do
    Find what stopped changing: a default that is filled in, a filter on one country, a field that is no longer sent.
    """
    train, test = data.both()
    names = shared(test.schema, train.schema, *_ORDERED)
    ends, gaps = [Extremes(name) for name in names], [Missing(name) for name in names]
    yield [*of(train, ends), *of(test, [*ends, *gaps])]
    only = {name: _only(test[Extremes(name)]) for name in names}
    always = {name: True for name in names if _only(train[Extremes(name)])}
    stuck = {name: value[0] for name, value in only.items() if value and name not in always}
    looks = {name: Breaking(OneOf(name, (value,), "forbidden")) for name, value in stuck.items()}
    yield of(train, looks.values())
    found = []
    for name, look in looks.items():
        seen = train[look]
        repeats = test.rows - test[Missing(name)] - 1
        if repeats * math.log((seen.count + 1) / (seen.of + 1)) < math.log(_SURE / len(names)):
            found.append(_stuck(name, MASKED if name in data.columns.sensitive else plain(stuck[name]), seen.share))
    notes = (f"Constant in train: {', '.join(list(always)[:20])}.",) if always else ()
    return Measurement(Measurement.exact(len(found), n=test.rows).estimate, findings=tuple(found), notes=notes)


@data_check("data.types", default={"no_findings": True})
def types(data: Data) -> Steps:
    """Columns of the training table that the test table lacks or holds as another type.

    Numbers, text, true or false, dates or times, and nested values are told apart; whole numbers and decimals are
    not, for a missing value makes decimals of whole numbers in some readers. A column of text in test that was
    numbers in train is the usual case: numbers written as text, or one word in a CSV file.

    ## What to do
    Read both tables the same way, and look at the values that made the column text: `data.schema` with `type` shows
    the rows.
    """
    train, test = data.both()
    found = [
        finding
        for name in train.schema
        if name not in (data.columns.weight,) and (finding := _changed(name, train, test)) is not None
    ]
    yield ()
    return Measurement(Measurement.exact(len(found), n=test.rows).estimate, findings=tuple(found))


@data_check("data.mixed_types", better="lower", default={"at_most": 0.05})
def mixed_types(data: Data) -> Steps:
    """How much more often text holds what it usually does not: numbers among words, words among numbers.

    For every column of text in both tables: the share of values of the kind that is rarer in train (numbers written as
    text, or other text), in test minus in train. By default a rise shown to be above 0.05 blocks; columns share one
    error budget (Holm 1979).

    ## What to do
    Look at the values: a shifted column, two sources that code the same thing differently, an error message where a
    number should stand.
    """
    train, test = data.both()
    names = shared(test.schema, train.schema, Kind.TEXT)
    looks = {name: Breaking(Readable(name, "number")) for name in names}
    yield [*of(train, looks.values()), *of(test, looks.values())]
    measured = {name: each for name, look in looks.items() if (each := _mixing(train[look], test[look])) is not None}
    return by_column(measured, test.rows)


def _only(ends: tuple[Any, Any] | None) -> tuple[Any, ...]:
    """The one value of a column that has one; empty for any other."""
    return ends[:1] if ends is not None and ends[0] == ends[1] else ()


def _stuck(name: str, value: object, share: float) -> Finding:
    message = f"{name!r} is {value!r} in every test row, and in {percent(share)} of the training rows."
    return Finding(message, Severity.HIGH, data={"column": name, "share": share})


def _changed(name: str, train: Scan, test: Scan) -> Finding | None:
    if name not in test.schema:
        index = " It is pandas' index: write both with to_parquet(index=False)." if name == _INDEX else ""
        message = f"The test table has no column {name!r}, which train has.{index}"
        return Finding(message, Severity.HIGH, data={"column": name})
    before, now = train.schema[name], test.schema[name]
    if kind_of(before) is kind_of(now) or "Null" in (str(before), str(now)):
        return None
    message = f"{name!r} holds {kind_of(now)} ({now}) in test, and {kind_of(before)} ({before}) in train."
    return Finding(message, Severity.HIGH, data={"column": name, "train": str(before), "test": str(now)})


def _mixing(there: Any, here: Any) -> Estimate | None:
    """The rise of the kind that is rarer in train. `count` is of values that are no numbers."""
    if not there.of or not here.of:
        return None
    words_are_rare = there.count * 2 <= there.of
    now, before = (here.count, there.count) if words_are_rare else (here.of - here.count, there.of - there.count)
    return rise(now, here.of, before, there.of) if now else None
