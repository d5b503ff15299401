"""`data.new_categories`, `data.vanished_categories`, `data.category_typos`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlgate import Finding, Json, Measurement, Severity
from mlgate_data.engine.counts import Counts, Tally
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.kinds import Kind, shared
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Steps, of
from mlgate_data.integrity.shares import by_column, percent, rise
from mlgate_data.schema.findings import MASKED, plain

_SURE = 0.001
"""How unlikely a category's absence must be, over all columns, before it is told."""


@data_check("data.new_categories", better="lower", default={"at_most": 0.01})
def new_categories(data: Data) -> Steps:
    """Share of test rows whose category the training table does not have.

    For every column of text, and of true or false, with at most 10,000 values in train: the share of test rows with a
    value that train never has, minus what chance leaves unseen (the share of train's rows whose value stands there
    once: Good 1953, Biometrika 40). So identifiers and free text do not count, and a category that appears or is
    renamed does. By default a share shown to be above 0.01 blocks; columns share one error budget (Holm 1979).

    ## What to do
    A renamed or newly split category: map it to the one the model knows, or train again with it. A misspelt one:
    see `data.category_typos`.
    """
    train, test = data.both()
    names = shared(test.schema, train.schema, Kind.TEXT, Kind.BOOLEAN)
    yield [*of(train, map(Tally, names)), *of(test, map(Tally, names))]
    measured, told = {}, {}
    for name in names:
        here, there = test[Tally(name)], train[Tally(name)]
        if not (here.complete and there.complete and there.of):
            continue
        unseen = {value: count for value, count in here.of.items() if value not in there.of}
        if unseen:
            once = sum(1 for count in there.of.values() if count == 1)
            measured[name] = rise(sum(unseen.values()), here.total, once, there.total)
            told[name] = _top(unseen, masked=name in data.columns.sensitive)
    return by_column(measured, test.rows, data={"new": told})


@data_check("data.vanished_categories", default={"no_findings": True, "level": "warn"})
def vanished_categories(data: Data) -> Steps:
    """Categories of the training table that the test table does not have, though it should by chance.

    A category with share p in train is missing from n test rows with probability (1 - p)^n; it is a finding where that
    is below 0.001, shared over all categories of all columns. Shown as a warning.

    ## What to do
    Ask whether it was renamed (then `data.new_categories` shows the new name), filtered away, or is out of season. The
    test table says nothing about how the model does on it.
    """
    train, test = data.both()
    names = shared(test.schema, train.schema, Kind.TEXT, Kind.BOOLEAN)
    yield [*of(train, map(Tally, names)), *of(test, map(Tally, names))]
    pairs = [(name, train[Tally(name)], test[Tally(name)]) for name in names]
    judged = [(name, there, here) for name, there, here in pairs if there.complete and here.complete]
    claims = sum(len(there.of) for _, there, _ in judged)
    found = [
        _vanished(name, value, there, data)
        for name, there, here in judged
        for value, count in there.of.items()
        if value not in here.of
        and here.total * math.log1p(-min(count / there.total, 1 - 1e-12)) < math.log(_SURE / claims)
    ]
    return Measurement(Measurement.exact(len(found), n=test.rows).estimate, findings=tuple(found))


@data_check("data.category_typos", default={"no_findings": True, "level": "warn"})
def category_typos(data: Data) -> Steps:
    """Categories that are another one misspelt: by case, by space, or by one letter.

    In columns of text with at most 10,000 values: a value that equals a more frequent one but for case and white
    space; or that differs from one at least fifty times as frequent by one letter added, lost or changed, where both
    have five letters or more and the letter is no digit. With a training table, only values that train does not have
    are looked at, against train's values: what the model learned as two categories stays two. Shown as a warning.

    ## What to do
    Clean the value where it is written, or map it where the data is loaded, in training and in use alike.
    """
    table = data.judged()
    train = data.train if table is not data.train else None
    names = shared(table.schema, (train or table).schema, Kind.TEXT)
    yield [*(of(train, map(Tally, names)) if train else ()), *of(table, map(Tally, names))]
    found: list[Finding] = []
    for name in names:
        here, there = table[Tally(name)], (train or table)[Tally(name)]
        if here.complete and there.complete:
            new = {value: count for value, count in here.of.items() if train is None or value not in there.of}
            found.extend(_misspelt(name, new, there, table, name in data.columns.sensitive))
    return Measurement(Measurement.exact(len(found), n=table.rows).estimate, findings=tuple(found))


def _log_chance(share: float, rows: int) -> float:
    """The logarithm of the probability that a category of this share is in none of so many rows."""
    return rows * math.log1p(-min(share, 1 - 1e-12))


def _top(counts: Mapping[Any, int], *, masked: bool) -> Json:
    """The most frequent first; a sensitive column's values are not told."""
    ranked = sorted(counts.items(), key=lambda each: -each[1])[:20]
    return {str(MASKED if masked else plain(value)): count for value, count in ranked}


def _vanished(name: str, value: object, there: Counts, data: Data) -> Finding:
    said = MASKED if name in data.columns.sensitive else repr(plain(value))
    share = there.of[value] / there.total
    message = f"{name!r}: {said} is {percent(share)} of the training rows and in no test row."
    return Finding(message, Severity.LOW, data={"column": name, "category": said, "share": share})


def _misspelt(name: str, new: Mapping[str, int], there: Counts, table: Scan, masked: bool) -> Iterator[Finding]:
    known = sorted(there.of, key=lambda value: -there.of[value])
    folded = {_folded(value): value for value in reversed(known)}
    for value, count in new.items():
        meant = folded.get(_folded(value))
        if meant == value or (meant is not None and meant in new and new[meant] < count):
            meant = None
        meant = meant or next((each for each in known if _one_letter(value, count, each, there.of[each])), None)
        if meant is not None:
            said = "a value that is not shown looks like another one" if masked else f"{value!r} looks like {meant!r}"
            yield Finding(
                f"{name!r} of the {table.name} table: {said} misspelt ({count:,} rows).",
                Severity.LOW,
                data={"column": name, "rows": count},
            )


def _folded(value: str) -> str:
    return re.sub(r"[\s_\-]+", " ", value.strip()).casefold()


_FREQUENT = 50
_LETTERS = 5


def _one_letter(value: str, count: int, other: str, others: int) -> bool:
    """Whether one letter was added to `other`, lost or changed. Digits tell categories apart on purpose."""
    if others < _FREQUENT * count or min(len(value), len(other)) < _LETTERS or abs(len(value) - len(other)) > 1:
        return False
    same = next((i for i, pair in enumerate(zip(value, other, strict=False)) if pair[0] != pair[1]), -1)
    rest, others_rest = (value[same:], other[same:]) if same >= 0 else (value[-1:], other[-1:])
    moves = ((rest[1:], others_rest[1:]), (rest[1:], others_rest), (rest, others_rest[1:]))
    if same >= 0 and not any(here == there for here, there in moves):
        return False
    return not any(letter.isdigit() for letter in rest[:1] + others_rest[:1])
