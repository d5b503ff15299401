"""All trivial predictors of a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlgate_performance.trivial.constants import constants
from mlgate_performance.trivial.split import one_split

if TYPE_CHECKING:
    from mlgate.tabular import Predictions, ScoredTable, Table


@dataclass(frozen=True, slots=True)
class Trivial:
    """A predictor that knows next to nothing, and its answers for the test rows."""

    name: str
    predictions: Predictions


def trivial_predictors(scored: ScoredTable, train: Table | None, only: tuple[str, ...]) -> tuple[Trivial, ...]:
    """The constants of the task and, where there is a column to split on, one split.

    They learn from `train`. Without one a split learns from other rows of the test table than those it answers, and
    a constant, which is one number, from all of them.
    """
    found = constants(scored, train)
    split = one_split(scored, train, only)
    return tuple(Trivial(name, answers) for name, answers in [*found.items(), *([split] if split else [])])
