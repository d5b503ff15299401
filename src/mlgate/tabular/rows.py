"""The rows of a scored table as arrays, in the table's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from mlgate.errors import NoChampion
from mlgate.tabular.answers import Answers
from mlgate.tabular.columns import Task
from mlgate.tabular.sampling import Sampling


@dataclass(frozen=True, slots=True)
class Rows:
    """Labels (codes of `classes`, or floats in a regression) beside the answers of one or two models."""

    task: Task
    classes: tuple[object, ...]
    label: NDArray[Any]
    candidate: Answers
    champion: Answers | None
    sampling: Sampling

    @property
    def count(self) -> int:
        return len(self.label)

    def answers(self, champion: bool) -> Answers:
        """Raises `NoChampion` where the champion is asked for and there is none."""
        if not champion:
            return self.candidate
        if self.champion is None:
            raise NoChampion("There is no champion to compare with.")
        return self.champion
