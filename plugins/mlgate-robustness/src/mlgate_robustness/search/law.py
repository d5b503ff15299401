"""What must hold between a real row and its changed copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

    from mlgate_robustness.search.answers import Answers


@dataclass(frozen=True, slots=True)
class Trial:
    """Real rows, their changed copies, and what the model said of both; row i of one belongs to row i of the other."""

    before: pl.DataFrame
    after: pl.DataFrame
    answers: Answers
    changed: Answers


class Law(Protocol):
    """A property of the model."""

    def breach(self, trial: Trial, /) -> NDArray[np.float64]:
        """How far each row is beyond what is allowed; above 0 the law is broken."""
        ...

    def sentence(self, trial: Trial, row: int, /) -> str:
        """What is wrong with this row, as the end of a sentence that begins with the change."""
        ...
