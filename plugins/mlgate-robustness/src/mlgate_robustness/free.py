"""`@property_check`: a property in the user's own words, held by the same search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate import Check, CheckError
from mlgate_robustness.search.law import Trial
from mlgate_robustness.search.perturbed import Change
from mlgate_robustness.search.proving import Property
from mlgate_robustness.search.stated import searched

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Pairs:
    """Real rows and their changed copies, with the model's answers: row i of each belongs together.

    Scores and numbers have shape (n, k), one column per class; labels (n,).
    """

    before: pl.DataFrame
    after: pl.DataFrame
    answers: NDArray[Any]
    changed: NDArray[Any]


def property_check(
    id: str,
    *,
    may_change: tuple[str, ...] = (),
    most_cells: int = 2,
    schema: object | None = None,
    change: Change | None = None,
) -> Callable[[Callable[[Pairs], NDArray[np.bool_]]], Check]:
    """Make a check of a function that says, for each pair of rows, whether the property holds.

    `may_change` are the columns that a search changes, all features by default; `most_cells` how many at once. A
    pandera `schema` gives the values of the columns that it lists or bounds on both sides; the others take those
    that train held. With `change`, a function of real rows and a random generator makes the changed copies instead
    (typos in a text, another exposure of a picture), `trials` times of all rows. The docstring is the check's page.
    A row for which the function gives False is made small (not with `change`), shown and kept as every property's
    is. The check's options in the gate file are `trials`, `most_rows`, `schema`, `seed` and `stochastic`.

    Raises `ValueError` where the id or the docstring can't be a check's.
    """

    def declare(holds: Callable[[Pairs], NDArray[np.bool_]]) -> Check:
        def stated() -> Property:
            return Property(
                Free(id, holds), may_change, lambda start: replace(start, most_cells=most_cells), schema, change
            )

        stated.__doc__ = holds.__doc__
        return searched(id)(stated)

    return declare


@dataclass(frozen=True, slots=True)
class Free:
    """What the user's function says of each pair."""

    id: str
    holds: Callable[[Pairs], NDArray[np.bool_]]

    def breach(self, trial: Trial) -> NDArray[np.float64]:
        said, changed = trial.answers.said.values, trial.changed.said.values
        held = np.asarray(self.holds(Pairs(trial.before, trial.after, said, changed)))
        if held.shape != (trial.before.height,) or held.dtype != np.bool_:
            raise CheckError(
                f"{self.id} gave {held.dtype} of shape {held.shape} for {trial.before.height} pairs.",
                hint="Return one True or False per pair, as an array.",
            )
        return np.where(held, 0.0, 1.0)

    def sentence(self, trial: Trial, row: int) -> str:
        said = trial.answers.told(row), trial.changed.told(row)
        return f"the answer goes from {said[0]} to {said[1]}, and the property does not hold."
