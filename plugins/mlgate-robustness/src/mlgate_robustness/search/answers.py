"""What the model said of some rows, as numbers that can be compared row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate import NotApplicable
from mlgate.tabular import PredictionKind

if TYPE_CHECKING:
    from mlgate.tabular import Predictions


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to n rows: scores (n, classes) in [0, 1], numbers (n,), or labels (n,).

    `unit` is what counts as a move of 1: 1 for scores, the spread of the answers to the real rows for numbers.
    """

    said: Predictions
    unit: float = 1.0

    @property
    def rows(self) -> int:
        return self.said.rows

    def __getitem__(self, rows: Any) -> Answers:
        from mlgate.tabular import Predictions

        return Answers(Predictions(self.said.kind, self.said.values[rows], self.said.classes), self.unit)

    @property
    def is_number(self) -> bool:
        return self.said.kind is PredictionKind.VALUES

    def moved(self, other: Answers) -> NDArray[np.float64]:
        """How far each row's answer is from the other's, in `unit`; of labels 1 where they differ."""
        ours, theirs = self.said.values, other.said.values
        if self.said.kind is PredictionKind.LABELS:
            return np.asarray(ours != theirs, dtype=np.float64)
        apart = np.abs(ours - theirs) / self.unit
        return np.asarray(apart.max(axis=1) if apart.ndim == 2 else apart, dtype=np.float64)

    def height(self) -> NDArray[np.float64]:
        """One number per row that can rise: the prediction, or the score of the positive class, in `unit`.

        Raises `NotApplicable` where the answers have no order: labels, or scores of more than two classes.
        """
        values = self.said.values
        if self.said.kind is PredictionKind.LABELS:
            raise NotApplicable("the model gives labels alone, and they have no order: give it scores.")
        if values.ndim == 2 and values.shape[1] > 2:
            raise NotApplicable("the model scores more than two classes, and none of them is the one that rises.")
        return np.asarray((values[:, -1] if values.ndim == 2 else values) / self.unit, dtype=np.float64)

    def numbers(self) -> NDArray[np.float64]:
        """Every number of each row, shape (n, k). Raises `NotApplicable` for labels."""
        if self.said.kind is PredictionKind.LABELS:
            raise NotApplicable("the model gives labels alone, which have no bounds.")
        values = np.asarray(self.said.values, dtype=np.float64)
        return values if values.ndim == 2 else values[:, None]

    def decided(self, threshold: float) -> NDArray[Any]:
        """The decision on each row; a regression decides nothing and raises `NotApplicable`."""
        values = self.said.values
        if self.said.kind is PredictionKind.LABELS:
            return values
        if self.is_number:
            raise NotApplicable("Decisions are taken between classes, and this is a regression.")
        return values.argmax(axis=1) if values.shape[1] > 2 else values[:, -1] >= threshold

    def shown(self, row: int) -> float | str | list[float]:
        """What the model said of one row: the score of the positive class, all scores, a number or a label."""
        value = self.said.values[row]
        if self.said.kind is PredictionKind.LABELS:
            return str(value)
        if value.ndim == 0 or len(value) <= 2:
            return float(value if value.ndim == 0 else value[-1])
        return [float(each) for each in value]

    def told(self, row: int) -> str:
        """The same, in words."""
        said = self.shown(row)
        return f"({', '.join(map(_written, said))})" if isinstance(said, list) else _written(said)


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def mean_of(several: Sequence[Predictions]) -> Predictions:
    """The mean of repeated answers to the same rows. Raises `NotApplicable` for labels, which have none."""
    from mlgate.tabular import Predictions

    first = several[0]
    if first.kind is PredictionKind.LABELS:
        raise NotApplicable("the model gives labels alone, and repeated labels have no mean: give it scores.")
    return Predictions(first.kind, np.mean([each.values for each in several], axis=0), first.classes)


def unit_of(said: Predictions) -> float:
    """1 for scores; for numbers the distance from the 5th to the 95th percentile, or 1 where they are all alike."""
    if said.kind is not PredictionKind.VALUES:
        return 1.0
    low, high = np.quantile(said.values, (0.05, 0.95))
    return float(high - low) or 1.0
