"""Asks the model again with another value of a sensitive column, and counts whose decision changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, NotApplicable, SliceMeasurement
from mlgate.tabular import Table, score
from mlgate_fairness.drawing import drawn
from mlgate_fairness.rates import Rate, rate_values
from mlgate_fairness.subjects import declared

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Predictions, ScoredTable
    from mlgate_fairness.values import GroupValues

_MOST_VALUES = 10
_METRIC = "flip rate"


class Predict(Protocol):
    """Asks the candidate about rows of one's own."""

    @property
    def features(self) -> tuple[str, ...] | None: ...

    def __call__(self, table: Table, /) -> Predictions: ...


@dataclass(frozen=True, slots=True)
class Flips:
    """Shares of `rows` rows: flipped by any column, by each column, and by group of each column."""

    anywhere: Estimate
    by_column: Mapping[str, Estimate]
    slices: tuple[SliceMeasurement, ...]
    rows: int


def flips(scored: ScoredTable, predict: Predict, read: Sequence[str], *, threshold: float, most_rows: int) -> Flips:
    """Change each column of `read` by itself, and count whose decision changes."""
    rows = _sampled(scored, most_rows)
    flipped = {column: _flipped(rows, predict, column, threshold) for column in read}
    anywhere = _rates(rows, read[0], np.logical_or.reduce(list(flipped.values())))
    by_column = {column: _rates(rows, column, each) for column, each in flipped.items()}
    return Flips(
        anywhere.estimate(anywhere.groups),
        {column: values.estimate(values.groups) for column, values in by_column.items()},
        tuple(each for values in by_column.values() for each in _slices(values)),
        rows.rows,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that are asked about, scored as they are."""

    frame: pl.DataFrame
    scored: ScoredTable

    @property
    def rows(self) -> int:
        return self.scored.rows


def read_columns(scored: ScoredTable, predict: Predict) -> tuple[str, ...]:
    """The sensitive columns that the model reads. Raises `NotApplicable` where there is none, or nothing is decided."""
    columns = declared(scored)
    if not scored.classes:
        raise NotApplicable("Flips are counted on decisions, and this is a regression.")
    features = predict.features
    read = tuple(name for name in columns if name in scored.table.schema and (features is None or name in features))
    if not read:
        raise NotApplicable(f"The model reads none of the sensitive columns ({', '.join(columns)}).")
    return read


def _sampled(scored: ScoredTable, most: int) -> _Rows:
    chosen = drawn(scored.rows, most)
    frame = scored.table.take(chosen)
    predictions = replace(scored.candidate, values=scored.candidate.values[chosen])
    return _Rows(frame, score(Table.of(frame, uri=scored.table.uri), scored.columns, scored.task, predictions))


def _flipped(rows: _Rows, predict: Predict, column: str, threshold: float) -> NDArray[np.bool_]:
    """Which rows are decided otherwise with one of the other values of `column`."""
    scored = rows.scored
    before = scored.decisions(threshold)
    flipped = np.zeros(rows.rows, dtype=np.bool_)
    for changed in _changed(rows, column):
        table = Table.of(changed, uri=scored.table.uri)
        flipped |= score(table, scored.columns, scored.task, predict(table)).decisions(threshold) != before
    return flipped


def _changed(rows: _Rows, column: str) -> Iterator[pl.DataFrame]:
    """The rows with `column` set to the value of each group; a missing value is no other value to have."""
    groups, values = rows.scored.groups.by(column), rows.frame.get_column(column)
    sizes = np.bincount(groups.codes, minlength=groups.count)
    for code in np.argsort(-sizes, kind="stable")[:_MOST_VALUES].tolist():
        members = np.flatnonzero(groups.codes == code)
        if values[int(members[0])] is not None:
            middle = int(members[values.gather(members).arg_sort()[len(members) // 2]])
            yield rows.frame.with_columns(values.gather(np.full(rows.rows, middle)))


def _rates(rows: _Rows, column: str, flipped: NDArray[np.bool_]) -> GroupValues:
    """The share of flipped rows in every group of `column`, and in all rows."""
    from mlgate.tabular.tabulate import Axis

    scored, classes = rows.scored, len(rows.scored.classes)
    sums = scored.groups.cells((column,), Axis(scored.labels(), classes), Axis(flipped.astype(np.uint8), 2))
    moved = np.zeros((classes, 2))
    moved[:, 1] = 1
    return rate_values(Rate(_METRIC, moved, np.ones((classes, 2))), sums, scored.groups)


def _slices(values: GroupValues) -> Iterator[SliceMeasurement]:
    for place, keys in enumerate(values.keys):
        if values.defined[place]:
            yield SliceMeasurement(keys, values.estimate(place), _METRIC)
