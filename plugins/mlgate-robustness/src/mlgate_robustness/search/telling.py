"""What the model does with one systematic change of all rows: answers, gives no answer, or refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def complaint(what: str, said: Told, data: dict[str, Json], refusal: Severity = Severity.LOW) -> Finding | None:
    """A finding where the model did not answer: high where it did so silently, `refusal` where it refused in words."""
    if said.answers is not None:
        return None
    if said.silent:
        return Finding(f"{what}: {said.refusal}", Severity.HIGH, data=data)
    return Finding(f"{what}: the model refuses the rows: {said.refusal}", refusal, data=data)
