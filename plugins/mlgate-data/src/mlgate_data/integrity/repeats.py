"""`data.duplicates`, `data.conflicting_labels`: rows that stand twice, or twice with two truths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate import Measurement, NotApplicable
from mlgate_data.engine.batches import Batch
from mlgate_data.engine.counts import Tally
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.facts import Collecting, Schema
from mlgate_data.engine.hashes import Draw, Growing, Hashed, Repeats, comparable, row_hashes
from mlgate_data.engine.kinds import FLAT, shared
from mlgate_data.engine.steps import Steps, of
from mlgate_data.integrity.shares import rise

_MOST_CLASSES = 50
_MOST_ROWS = 10_000_000
"""Rows of each table that are compared: more would tell a share no better, and need memory for each."""


@data_check("data.duplicates", better="lower", default={"at_most": 0.05})
def duplicates(data: Data) -> Steps:
    """How much larger the share of repeated rows is in the test table than in the training table.

    A row repeats another where all columns that both tables have are equal. Repeats grow with the number of rows and
    with how coarse the columns are, so both tables are compared at the same number of rows, at most ten million, drawn
    at random. By default a rise shown to be above 0.05 blocks. The share of test itself stands in the notes.

    ## What to do
    Find what sends rows twice: a join that multiplies, an export that was run again. Repeated test rows make every
    interval look surer than it is.
    """
    train, test = data.both()
    rows = min(train.rows, test.rows, _MOST_ROWS)
    columns = tuple(shared(test.schema, train.schema, *FLAT))
    if not columns:
        raise NotApplicable("the two tables have no column in common.")
    now, before = Repeats(columns, rows, test.rows), Repeats(columns, rows, train.rows)
    yield [*of(train, [before]), *of(test, [now])]
    here, there = test[now], train[before]
    return Measurement(
        rise(here, rows, there, rows),
        notes=(f"{here:,} of {rows:,} test rows repeat another of them.",),
        data={"test": here / rows, "train": there / rows, "rows": rows},
    )


@data_check("data.conflicting_labels", better="lower", default={"at_most": 0.05})
def conflicting_labels(data: Data) -> Steps:
    """How much larger the share of rows with equal features and different labels is in test than in training.

    Features are all columns that both tables have but label, weight, entity and time. Contradictions grow with the
    number of rows and with how coarse the features are, so both tables are compared at the same number of rows, at most
    ten million, drawn at random. By default a rise shown to be above 0.05 blocks. For labels of up to 50 classes.

    ## What to do
    Look at pairs of such rows: labels set by two people, a label taken at two times, or a feature that is missing and
    would tell them apart. No model can be right on both.
    """
    train, test, label = data.labelled()
    roles = (label, data.columns.weight, data.columns.entity, data.columns.time)
    features = [name for name in shared(test.schema, train.schema, *FLAT) if name not in roles]
    if not features:
        raise NotApplicable("the two tables have no feature in common.")
    rows = min(train.rows, test.rows, _MOST_ROWS)
    now, before = (Conflicts(tuple(features), label, rows, table.rows) for table in (test, train))
    yield [*of(train, [Tally(label), before]), *of(test, [now])]
    classes = train[Tally(label)]
    if not classes.complete or classes.distinct > _MOST_CLASSES:
        raise NotApplicable(f"{label!r} has too many values to be classes.")
    here, there = test[now], train[before]
    return Measurement(rise(here, rows, there, rows), data={"test": here / rows, "train": there / rows, "rows": rows})


@dataclass(frozen=True)
class Conflicts:
    """Rows among `rows` random ones, of all `of`, whose features another of them has with another label."""

    features: tuple[str, ...]
    label: str
    rows: int
    of: int

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.features, self.label)

    def collector(self, schema: Schema) -> _Conflicts:
        return _Conflicts(self, schema)


class _Conflicts(Collecting):
    """A hash of the features and half a hash of the label for every row: labels are few."""

    def __init__(self, fact: Conflicts, schema: Schema) -> None:
        self._draw = Draw(fact.rows, fact.of)
        self._columns = [comparable(name, schema) for name in fact.features], [comparable(fact.label, schema)]
        self._features, self._labels = Growing(np.uint64), Growing(np.uint32)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        drawn = self._draw.places(batch.height)
        features, labels = (row_hashes(batch.frame, values) for values in self._columns)
        if drawn is not None:
            features, labels = features[drawn], labels[drawn]
        self._features.extend(features)
        self._labels.extend((labels >> np.uint64(32)).astype(np.uint32))

    def result(self) -> int:
        return _conflicts(self._features.whole(), self._labels.whole())


def _conflicts(features: Hashed, labels: NDArray[np.uint32]) -> int:
    """Rows whose features another one has with another label."""
    ranked = np.sort(features)
    twice = ranked[1:][ranked[1:] == ranked[:-1]]
    if not len(twice):
        return 0
    among = twice[np.minimum(np.searchsorted(twice, features), len(twice) - 1)] == features
    features, labels = features[among], labels[among]
    order = np.argsort(features)
    features, labels = features[order], labels[order]
    starts = np.flatnonzero(np.concatenate([[True], features[1:] != features[:-1]]))
    lengths = np.diff(np.append(starts, len(features)))
    differ = np.minimum.reduceat(labels, starts) != np.maximum.reduceat(labels, starts)
    return int(lengths[differ].sum())
