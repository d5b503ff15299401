"""What the model said of some rows, as numbers that can be compared row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate import NotApplicable
from mlgate.tabular import PredictionKind

if TYPE_CHECKING:
    from mlgate.tabular import Predictions

_MOST_LABELS = 64


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to n rows: scores (n, classes) in [0, 1], numbers (n,), or labels (n,).

    `unit` is what counts as a move of 1: 1 for scores, the spread of the answers to the real rows for numbers. Of a
    model that is stochastic by design they are means of `repeats` answers, and `variance` holds the squared standard
    error of each number; means of labels are the shares of each, `of_labels`.
    """

    said: Predictions
    unit: float = 1.0
    repeats: int = 1
    variance: NDArray[np.float64] | None = None
    of_labels: bool = False

    @property
    def rows(self) -> int:
        return self.said.rows

    def __getitem__(self, rows: Any) -> Answers:
        from mlgate.tabular import Predictions

        said = Predictions(self.said.kind, self.said.values[rows], self.said.classes)
        return replace(self, said=said, variance=None if self.variance is None else self.variance[rows])

    @property
    def has_order(self) -> bool:
        """Whether an answer is a number, and no label."""
        return self.said.kind is not PredictionKind.LABELS and not self.of_labels

    def error(self) -> NDArray[np.float64]:
        """The standard error of each row's answer in `unit`, the largest of its numbers; 0 of a single answer."""
        if self.variance is None:
            return np.zeros(self.rows)
        errors = np.sqrt(self.variance) / self.unit
        return np.asarray(errors.max(axis=1) if errors.ndim == 2 else errors)

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
        if not self.has_order:
            raise NotApplicable("the model gives labels alone, and they have no order: give it scores.")
        if values.ndim == 2 and values.shape[1] > 2:
            raise NotApplicable("the model scores more than two classes, and none of them is the one that rises.")
        return np.asarray((values[:, -1] if values.ndim == 2 else values) / self.unit, dtype=np.float64)

    def numbers(self) -> NDArray[np.float64]:
        """Every number of each row, shape (n, k). Raises `NotApplicable` for labels."""
        if not self.has_order:
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
        return values.argmax(axis=1) if values.shape[1] > 2 or self.of_labels else values[:, -1] >= threshold

    def shown(self, row: int) -> float | str | list[float]:
        """What the model said of one row: the score of the positive class, all scores, a number or a label.

        Of repeated labels the most frequent one.
        """
        value = self.said.values[row]
        if self.of_labels:
            return str((self.said.classes or ())[int(value.argmax())])
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


def averaged(several: Sequence[Predictions], unit: float | None, labels: list[str]) -> Answers:
    """The means of repeated answers to the same rows, with their errors; of labels the share of each of `labels`.

    Labels that are new are added to `labels`. Without `unit` it is that of these answers.
    """
    from mlgate.tabular import Predictions

    first = several[0]
    of_labels = first.kind is PredictionKind.LABELS
    values = np.stack([_shares(each, labels) if of_labels else each.values for each in several])
    kind, classes = (PredictionKind.SCORES, _columns(labels)) if of_labels else (first.kind, first.classes)
    said = Predictions(kind, values.mean(axis=0), classes)
    variance = values.var(axis=0, ddof=1) / len(several)
    return Answers(said, unit or unit_of(said), len(several), variance, of_labels)


def _shares(said: Predictions, labels: list[str]) -> NDArray[np.float64]:
    """1 in the column of each row's label; the last column is for all labels that find no room."""
    texts = [str(each) for each in said.values.tolist()]
    labels.extend(sorted(set(texts) - set(labels)))
    columns = np.zeros((len(texts), _MOST_LABELS))
    columns[np.arange(len(texts)), [min(labels.index(text), _MOST_LABELS - 1) for text in texts]] = 1.0
    return columns


def _columns(labels: list[str]) -> tuple[str, ...]:
    """The labels in a fixed number of columns: those that are met later find theirs empty."""
    room = _MOST_LABELS - 1
    return (*labels[:room], *(f"(no label {place})" for place in range(len(labels), room)), "(any other label)")


def joined(several: Sequence[Answers]) -> Answers:
    """Answers to some rows, then those to others."""
    from mlgate.tabular import Predictions

    first = several[0]
    said = Predictions(first.said.kind, np.concatenate([each.said.values for each in several]), first.said.classes)
    errors = [each.variance for each in several if each.variance is not None]
    return replace(first, said=said, variance=np.concatenate(errors) if errors else None)


def unit_of(said: Predictions) -> float:
    """1 for scores; for numbers the distance from the 5th to the 95th percentile, or 1 where they are all alike."""
    if said.kind is not PredictionKind.VALUES:
        return 1.0
    low, high = np.quantile(said.values, (0.05, 0.95))
    return float(high - low) or 1.0
