"""Asks the model about frames, counts what it was asked, and finds the row on which it raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mlgate import ModelError
from mlgate.tabular import Table
from mlgate_robustness.search.answers import Answers, averaged, unit_of

if TYPE_CHECKING:
    import polars as pl

    from mlgate import Feature
    from mlgate.tabular import Predictions


class Predict(Protocol):
    """Asks the candidate about rows of one's own: the core's resource `predict`."""

    @property
    def features(self) -> tuple[str, ...] | None: ...

    @property
    def signature(self) -> tuple[Feature, ...] | None: ...

    def __call__(self, table: Table, /) -> Predictions: ...


class Asker:
    """Asks the model about whole frames. `calls` and `rows` say how often and how many.

    With several `repeats` every answer is the mean of so many.
    """

    def __init__(self, predict: Predict, uri: str, *, repeats: int = 1) -> None:
        self._predict = predict
        self._uri = uri
        self.repeats = repeats
        self._unit: float | None = None
        self._labels: list[str] = []
        self.calls = 0
        self.rows = 0

    def __call__(self, frame: pl.DataFrame) -> Answers:
        """The answers (of several repeats: their mean) in the unit of those that were given first.

        Raises `ModelError` where the model raises.
        """
        if self.repeats > 1:
            answers = averaged([self.once(frame) for _ in range(self.repeats)], self._unit, self._labels)
        else:
            said = self.once(frame)
            answers = Answers(said, self._unit or unit_of(said))
        self._unit = answers.unit
        return answers

    def once(self, frame: pl.DataFrame) -> Predictions:
        """One call of the model. Raises `ModelError` where it raises."""
        self.calls += 1
        self.rows += frame.height
        return self._predict(Table.of(frame, uri=self._uri, may_be_empty=True))

    def refused(self, frame: pl.DataFrame) -> tuple[int, ModelError] | None:
        """The first row that the model refuses by itself, and what it says; None where it takes each half whole."""
        start, end, last = 0, frame.height, None
        while end - start > 1:
            middle = (start + end) // 2
            first = self._error(frame[start:middle])
            if first is None and (second := self._error(frame[middle:end])) is None:
                return None
            start, end, last = (start, middle, first) if first else (middle, end, second)
        error = last or self._error(frame[start:end])
        return (start, error) if error else None

    def _error(self, frame: pl.DataFrame) -> ModelError | None:
        try:
            self(frame)
        except ModelError as error:
            return error
        return None
