"""Asks the candidate about moved rows, in one call for several points of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from mlgate.tabular import PredictionKind, Table, Task, score
from mlgate_security.evasion.moves import Numbers
from mlgate_security.evasion.search import Answer, Point

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Predictions, ScoredTable


class Predict(Protocol):
    """Asks the candidate about rows of one's own."""

    @property
    def features(self) -> tuple[str, ...] | None: ...

    def __call__(self, table: Table, /) -> Predictions: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that are attacked, scored as they are."""

    frame: pl.DataFrame
    scored: ScoredTable
    predict: Predict
    threshold: float

    def margin(self) -> Numbers:
        """How far each row is from another decision, in the score; shape (rows,)."""
        return _margin(self.scored, self.scored.decisions(self.threshold), self.threshold)

    def ask(self, points: Sequence[Point]) -> list[Answer]:
        """The answers for each point, all rows in each."""
        import polars as pl

        before = np.tile(self.scored.decisions(self.threshold), len(points))
        table = Table.of(pl.concat([self._moved(point) for point in points]), uri=self.scored.table.uri)
        scored = score(table, self.scored.columns, self.scored.task, self.predict(table))
        flipped = scored.decisions(self.threshold) != before
        margin = _margin(scored, before, self.threshold)
        parts = len(points)
        return [
            Answer(marks, left) for marks, left in zip(np.split(flipped, parts), np.split(margin, parts), strict=True)
        ]

    def _moved(self, point: Point) -> pl.DataFrame:
        """The rows with these values, in each column's own type; what is missing stays missing."""
        import polars as pl

        moved = []
        for name, values in point.items():
            given = self.frame[name]
            column = pl.Series(name, values).fill_nan(None).cast(given.dtype)
            moved.append(pl.select(pl.when(column.is_null()).then(given).otherwise(column).alias(name)).to_series())
        return self.frame.with_columns(moved)


def _margin(scored: ScoredTable, decided: Numbers, threshold: float) -> Numbers:
    """The score of what was decided above that of the next; 0 everywhere where the model gives labels alone."""
    if scored.candidate.kind is PredictionKind.LABELS:
        return np.zeros(scored.rows)
    scores = scored.scores()
    if scored.task is Task.BINARY:
        above = scores[:, 1] - threshold
        return np.where(decided == 1, above, -above)
    places = (np.arange(len(scores)), decided.astype(np.intp))
    own = scores[places]
    others = scores.copy()
    others[places] = -np.inf
    margin: Numbers = own - others.max(axis=1)
    return margin
