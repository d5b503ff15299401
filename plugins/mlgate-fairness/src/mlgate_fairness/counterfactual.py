"""What the model decides when nothing but a sensitive attribute of a row is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Measurement, NotApplicable, Part, Scale, SliceMeasurement, check
from mlgate.tabular import Table, score
from mlgate_fairness.drawing import SEED, drawn, rows_of
from mlgate_fairness.values import GroupValues, Moments, ratios

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Predictions, ScoredTable
    from mlgate.tabular.groups import GroupSums

_MOST_VALUES = 10
_METRIC = "flip rate"


class Predict(Protocol):
    """Asks the candidate about rows of one's own."""

    @property
    def features(self) -> tuple[str, ...] | None: ...

    def __call__(self, table: Table, /) -> Predictions: ...


@check("fairness.counterfactual_flip", better="lower", default={"at_most": 0.05, "level": "warn"})
def counterfactual_flip(
    scored_test: ScoredTable, predict: Predict, *, threshold: float = 0.5, most_rows: int = 10_000
) -> Measurement:
    """The share of rows whose decision changes when only a sensitive attribute is changed.

    Each sensitive column that the model reads is set, in every row, to each other value that the table has (of numbers:
    to the middle value of each other band), and the model is asked again. A row counts when any one of these changes
    its decision. Beside the share of all rows stand that of each column (`sex`) and of the rows of each group. The
    interval is Wilson's, or by entity. It is after the idea of counterfactual fairness (Kusner and others, 2017,
    NeurIPS 30), without a causal model: columns that depend on the attribute stay as they are, so that 0 here does not
    mean that the attribute plays no part: `fairness.proxy` says how well it can be guessed from the others.

    At most `most_rows` rows are asked, drawn at random (seed 0); the interval is that of so many rows. Of a column with
    more than ten values, the ten most frequent are tried. Decisions are taken at `threshold`.

    By default a share shown to be above 0.05 is a warning.

    ## What to do
    Take the column out of the features and train again, then look at `performance.vs_champion` for what that costs.
    Where the attribute must be used (a dose that depends on age), say so in the gate file with a bound of your own.
    See docs/fairness.md for what else reduces it.
    """
    read = _read(scored_test, predict)
    rows = _sampled(scored_test, most_rows)
    flips = {column: _flipped(rows, predict, column, threshold) for column in read}
    anywhere = np.logical_or.reduce(list(flips.values()))
    by_column = {column: _rates(rows, column, flipped) for column, flipped in flips.items()}
    notes = [f"The model reads {', '.join(read)}."]
    if rows.rows < scored_test.rows:
        notes.append(f"Measured on {rows.rows:,} of {scored_test.rows:,} rows, drawn at random (seed {SEED}).")
    return Measurement(
        _whole(_rates(rows, read[0], anywhere)),
        slices=tuple(each for values in by_column.values() for each in _slices(values)),
        parts=tuple(Part(column, _whole(values)) for column, values in by_column.items()),
        notes=tuple(notes),
        data={"features": list(read), "rows": rows.rows},
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that are asked about, scored as they are."""

    frame: pl.DataFrame
    scored: ScoredTable

    @property
    def rows(self) -> int:
        return self.scored.rows


def _read(scored: ScoredTable, predict: Predict) -> tuple[str, ...]:
    """The sensitive columns that the model reads. Raises `NotApplicable` where there is none, or nothing is decided."""
    columns = scored.groups.columns
    if not columns:
        raise NotApplicable("No sensitive columns are declared.", hint="Name them with `sensitive` under [data].")
    if not scored.classes:
        raise NotApplicable("Flips are counted on decisions, and this is a regression.")
    features = predict.features
    read = tuple(name for name in columns if name in scored.table.schema and (features is None or name in features))
    if not read:
        raise NotApplicable(f"The model reads none of the sensitive columns ({', '.join(columns)}).")
    return read


def _sampled(scored: ScoredTable, most: int) -> _Rows:
    chosen = drawn(scored.rows, most)
    frame = rows_of(scored.table, chosen)
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

    groups = rows.scored.groups
    sums: GroupSums = groups.cells((column,), Axis(flipped.astype(np.uint8), 2))
    every, square = sums.weight.sum(axis=1), sums.square.sum(axis=1)
    moments = Moments(
        sums.keys,
        a=sums.weight[:, 1],
        b=every,
        aa=sums.square[:, 1],
        ab=sums.square[:, 1],
        bb=square,
        rows=sums.rows.sum(axis=1),
        support=sums.rows.sum(axis=1),
        shards=None if sums.shards is None else np.stack([sums.shards[..., 1], sums.shards.sum(axis=-1)], axis=-1),
        effect=groups.worst_effect,
    )
    return ratios(_METRIC, moments, Scale.SCORE, binomial=groups.simple)


def _whole(values: GroupValues) -> Estimate:
    return values.estimate(values.groups)


def _slices(values: GroupValues) -> Iterator[SliceMeasurement]:
    for place, keys in enumerate(values.keys):
        if values.defined[place]:
            yield SliceMeasurement(keys, values.estimate(place), _METRIC)
