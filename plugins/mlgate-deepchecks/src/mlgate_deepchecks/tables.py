"""The tables as deepchecks' process gets them: the rows, and the model's answers as columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate import DataError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from mlgate.tabular import ScoredTable, Table

PREDICTION = "mlgate:prediction"
PROBABILITY = "mlgate:probability:"


@dataclass(frozen=True, slots=True)
class Answers:
    """One predicted label or number per row; probabilities (n, k) in the order of the sorted `classes`, if any."""

    predicted: NDArray[Any]
    probabilities: NDArray[Any] | None = None
    classes: tuple[Any, ...] = ()

    @classmethod
    def of(cls, scored: ScoredTable) -> Answers:
        """What the candidate answered. Of two classes the positive one is predicted from a score of one half on."""
        import numpy as np

        given = scored.candidate
        if given.classes is None:
            return cls(given.values, classes=_in_order(scored.classes))
        scores, classes = given.values, given.classes
        if len(classes) == 1:
            others = tuple(each for each in scored.classes if each != classes[0])
            scores, classes = np.column_stack((1 - scores[:, 0], scores[:, 0])), (others[0], classes[0])
        order = [classes.index(each) for each in _in_order(classes)]
        ordered, names = scores[:, order], np.array(_in_order(classes), dtype=object)
        predicted = ordered.argmax(axis=1)
        if len(names) == 2:
            positive = order.index(1) if len(scored.classes) < 2 else list(names).index(scored.classes[-1])
            predicted = np.where(ordered[:, positive] >= 0.5, positive, 1 - positive)
        return cls(names[predicted], ordered, tuple(names))


def _in_order(classes: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(classes))


def batches(table: Table, answers: Answers | None) -> Iterator[pa.Table]:
    """The rows in order, batch by batch, each with its answers. Raises `DataError` where a column has our names."""
    import pyarrow as pa

    taken = [column for column in table.columns if column.startswith((PREDICTION, PROBABILITY))]
    if taken:
        raise DataError(f"{table.uri} has a column {taken[0]!r}, a name that mlgate needs for the model's answers.")
    start = 0
    for batch in table.batches():
        here = slice(start, start + batch.num_rows)
        start += batch.num_rows
        if answers is not None:
            batch = batch.append_column(PREDICTION, pa.array(answers.predicted[here].tolist()))  # noqa: PLW2901
            if answers.probabilities is not None:
                for place in range(len(answers.classes)):
                    column = pa.array(answers.probabilities[here, place])
                    batch = batch.append_column(f"{PROBABILITY}{place}", column)  # noqa: PLW2901
        yield batch
