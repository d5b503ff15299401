"""What the model does with one systematic change of all rows: answers, gives no answer, or refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import Finding, Json, ModelError, Severity
from mlgate_robustness.search.answers import Answers
from mlgate_robustness.search.asking import Asker

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Told:
    """The answers to changed rows, or why there are none: `silent` where it answered with NaN, infinity or nothing."""

    answers: Answers | None
    refusal: str = ""
    silent: bool = False


def told(ask: Asker, rows: pl.DataFrame) -> Told:
    """Ask about rows that a model may well refuse."""
    from mlgate import UnusableAnswer

    try:
        return Told(ask(rows))
    except UnusableAnswer as error:
        return Told(None, error.message, silent=True)
    except ModelError as error:
        return Told(None, error.message)


def complaint(what: str, said: Told, data: dict[str, Json]) -> Finding | None:
    """A finding where the model did not answer: high where it did so silently, low where it refused in words."""
    if said.answers is not None:
        return None
    if said.silent:
        return Finding(f"{what}: {said.refusal}", Severity.HIGH, data=data)
    return Finding(f"{what}: the model refuses the rows: {said.refusal}", Severity.LOW, data=data)


def farthest(said: Answers, real: Answers, by: float) -> tuple[int, float] | None:
    """The row whose answer moved most, and how far, where that is more than `by`."""
    moved: NDArray[np.float64] = said.moved(real)
    row = int(moved.argmax())
    return (row, float(moved[row])) if moved[row] > by else None
