"""`data.missing_values`, `data.special_nulls`: values that went missing, or that only look like values."""

from __future__ import annotations

from mlgate_data.engine.breaches import Breaking
from mlgate_data.engine.counts import Missing
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.histograms import Distribution
from mlgate_data.engine.kinds import Kind, kind_of
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Steps, of
from mlgate_data.integrity.shares import by_column, percent, rise
from mlgate_data.schema.rules import OneOf

TOKENS = ("", " ", "-", "--", "?", ".", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "#N/A", "#NULL!")
"""Texts that stand for a missing value wherever they are met. `none` and `unknown` are often real categories."""
SENTINELS = (-999, -9999, -99999, -999999, 9999, 99999, 999999)
"""Numbers that stand for a missing value in many systems."""


@data_check("data.missing_values", better="lower", default={"at_most": 0.05})
def missing_values(data: Data) -> Steps:
    """How much larger the share of missing values is in the test table than in the training table.

    For every column of both tables: the share of rows without a value (null or NaN) in test, minus the share in
    train. The number is the worst column's; columns without any missing value in test are left out. By default a rise
    shown to be above 0.05 blocks; the columns share one error budget (Holm 1979), so that many of them do not make one
    fail by chance. The interval is Agresti and Caffo's (2000, The American Statistician 54).

    ## What to do
    Find what stopped filling the column: a renamed field, a join that lost its key, a new source. Until then the
    model reads it as missing more often than it learned to.
    """
    train, test = data.both()
    shared = [name for name in test.schema if name in train.schema]
    facts = [Missing(name) for name in shared]
    yield [*of(train, facts), *of(test, facts)]
    measured = {
        name: rise(test[Missing(name)], test.rows, train[Missing(name)], train.rows)
        for name in shared
        if test[Missing(name)]
    }
    return by_column(measured, test.rows, notes=(f"{len(shared)} columns; missing in test: {len(measured)}.",))


@data_check("data.special_nulls", better="lower", default={"at_most": 0.05})
def special_nulls(data: Data) -> Steps:
    """How much more often a column holds a text or number that only stands for a missing value.

    For every column of both tables: the share of rows that hold one of `NA`, `N/A`, `null`, `NaN`, `-`, `?`, an empty
    text and their like, or (in columns of numbers) -999, 9999 and their like, in test minus in train. By default a rise
    shown to be above 0.05 blocks, as for missing values: what looks like a value and is none does more harm than a
    missing one. Columns that hold them as often in train are as the model learned them.

    ## What to do
    Read such values as missing where the data is loaded (`na_values` and its like), in training and in use alike.
    """
    train, test = data.both()
    facts = {name: fact for name in test.schema if name in train.schema and (fact := _look(name, train, test))}
    yield [*of(train, facts.values()), *of(test, facts.values())]
    measured, notes = {}, []
    for name, fact in facts.items():
        here, there = _stand_ins(test, fact), _stand_ins(train, fact)
        if here:
            measured[name] = rise(here, test.rows, there, train.rows)
            notes.append(f"{name}: {percent(here / test.rows)} in test, {percent(there / train.rows)} in train.")
    return by_column(measured, test.rows, notes=notes[:20])


def _look(name: str, train: Scan, test: Scan) -> Breaking | Distribution | None:
    kinds = {kind_of(train.schema[name]), kind_of(test.schema[name])}
    if kinds == {Kind.TEXT}:
        return Breaking(OneOf(name, TOKENS, "forbidden"))
    return Distribution(name) if kinds == {Kind.NUMBER} else None


def _stand_ins(scan: Scan, fact: Breaking | Distribution) -> int:
    """Rows with a stand-in; of numbers, those within a thousandth of one, in both tables alike."""
    if isinstance(fact, Breaking):
        return scan[fact].count
    return scan[fact].near(SENTINELS)
