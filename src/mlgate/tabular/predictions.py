"""What a model answered, one answer per row of the table, in the table's order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mlgate.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PredictionKind(StrEnum):
    """What the numbers of a model are."""

    SCORES = "scores"
    LABELS = "labels"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Predictions:
    """Answers for every row of a table.

    `values` is (n, k) float64 for scores, one column per class in the order of `classes`, and (n,) for labels or
    values. Raises `ModelError` where the shape is another.
    """

    kind: PredictionKind
    values: NDArray[Any]
    classes: tuple[object, ...] | None = None

    def __post_init__(self) -> None:
        if self.kind is PredictionKind.SCORES:
            self._check_scores()
        elif self.values.ndim != 1:
            raise ModelError(
                f"The model gave {self.kind} of {self.values.ndim} dimensions, where one per row is needed."
            )

    @classmethod
    def scores(cls, values: NDArray[np.float64], classes: tuple[object, ...]) -> Predictions:
        """Scores per class: (n, k), or (n,) for the positive class alone where `classes` names it or both."""
        import numpy as np

        columns = np.asarray(values, dtype=np.float64)
        if columns.ndim == 1:
            columns, classes = columns[:, None], classes[-1:]
        return cls(PredictionKind.SCORES, columns, tuple(_plain(value) for value in classes))

    @classmethod
    def labels(cls, values: NDArray[Any]) -> Predictions:
        """One class per row."""
        return cls(PredictionKind.LABELS, values)

    @classmethod
    def numbers(cls, values: NDArray[Any]) -> Predictions:
        """One number per row, of a regression."""
        import numpy as np

        return cls(PredictionKind.VALUES, np.asarray(values, dtype=np.float64))

    @property
    def rows(self) -> int:
        return int(self.values.shape[0])

    def _check_scores(self) -> None:
        if self.values.ndim != 2:
            raise ModelError(
                f"The model gave scores of {self.values.ndim} dimensions, where rows by classes are needed."
            )
        if self.classes is None:
            raise ModelError("The model gave scores and did not say of which classes.")
        if self.values.shape[1] != len(self.classes):
            raise ModelError(
                f"The model gave {_counted(self.values.shape[1], 'column')} of scores for "
                f"{_counted(len(self.classes), 'class', 'classes')}.",
                hint="Each class needs one column, in the order of the classes.",
            )


def _counted(n: int, noun: str, plural: str | None = None) -> str:
    return f"{n} {noun if n == 1 else plural or f'{noun}s'}"


def _plain(value: object) -> object:
    """numpy's scalars as Python's, which is what labels are compared with."""
    import numpy as np

    return value.item() if isinstance(value, np.generic) else value
