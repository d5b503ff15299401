"""`robustness.monotone`: more of this never gives less of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError, NotApplicable
from mlgate_robustness.search.law import Trial
from mlgate_robustness.search.proving import Property
from mlgate_robustness.search.seen import ticks
from mlgate_robustness.search.stated import searched

if TYPE_CHECKING:
    from mlgate_robustness.search.searching import Ground


@searched("robustness.monotone")
def monotone(
    *, increasing: tuple[str, ...] = (), decreasing: tuple[str, ...] = (), tolerance: float = 1e-6
) -> Property:
    """Whether the prediction only rises (or only falls) when one column rises and nothing else changes.

    Each column of `increasing` and `decreasing` is moved by itself, in at most `most_rows` real rows of the test table
    at once, to other values that train was seen to hold; a row on which the answer goes the wrong way by more than
    `tolerance` breaks the rule (in probability; for regressions in units of the spread of the predictions). What is
    found is made small: the row and the step nearest to it that still break the rule. The case is kept under
    `.mlgate/examples`, and later runs try it first.

    ## What to do
    Look at the row: is the effect real, or is it noise of few training rows? Gradient boosting takes the constraint
    itself: `monotonic_cst` of scikit-learn's histogram boosting, `monotone_constraints` of XGBoost and LightGBM.
    """
    named = (*increasing, *decreasing)
    if not named:
        raise NotApplicable("no column was named.", hint='Name some: increasing = ["income"].')
    if both := set(increasing) & set(decreasing):
        raise CheckError(f"{sorted(both)[0]!r} can't be both increasing and decreasing.")
    return Property(
        Monotone(frozenset(decreasing), named, tolerance), named, fits=lambda start: _one_ordered(start, named)
    )


@dataclass(frozen=True, slots=True)
class Monotone:
    """The answer moves with each of `columns`; against those of `decreasing`."""

    decreasing: frozenset[str]
    columns: Sequence[str]
    tolerance: float

    def breach(self, trial: Trial) -> NDArray[np.float64]:
        rise = trial.changed.height() - trial.answers.height()
        direction = sum((self._direction(trial, name) for name in self.columns), np.zeros(trial.before.height))
        return np.asarray(-rise * direction - self.tolerance)

    def sentence(self, trial: Trial, row: int) -> str:
        before, after = trial.answers.height()[row], trial.changed.height()[row]
        name = next(name for name in self.columns if self._direction(trial, name)[row])
        must = "fall" if name in self.decreasing else "rise"
        does = "falls" if after < before else "rises"
        more = "more" if (self._direction(trial, name)[row] > 0) == (must == "rise") else "less"
        said = trial.answers.told(row), trial.changed.told(row)
        return f"with {more} of it the answer {does} from {said[0]} to {said[1]}, and must {must} with {name}."

    def _direction(self, trial: Trial, name: str) -> NDArray[np.float64]:
        """1 where the column rose, -1 where it fell, 0 where it stayed or is missing; turned where it must fall."""
        moved = np.sign(ticks(trial.after.get_column(name)) - ticks(trial.before.get_column(name)))
        return np.nan_to_num(-moved if name in self.decreasing else moved)


def _one_ordered(start: Ground, named: Sequence[str]) -> Ground:
    """One column is moved at a time. Raises `CheckError` for one that has no order."""
    for name in named:
        if name not in start.seen:
            raise CheckError(f"the column {name!r} holds no value to move from.")
        if not start.seen[name].ordered:
            dtype = start.seen[name].values.dtype
            raise CheckError(
                f"the column {name!r} is {dtype}, which has no order that an answer could follow.",
                hint="Name numbers or dates, or give the categories an order by numbers of your own.",
            )
    return replace(start, most_cells=1)
