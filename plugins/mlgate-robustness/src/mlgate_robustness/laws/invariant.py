"""`robustness.invariant`: columns that must not matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate import NotApplicable
from mlgate_robustness.search.law import Trial
from mlgate_robustness.search.proving import Property
from mlgate_robustness.search.stated import searched

__all__ = ["Invariant", "invariant"]


@searched("robustness.invariant")
def invariant(*, to: tuple[str, ...] = (), by_at_most: float = 0.0) -> Property:
    """Whether the prediction stays where it is when columns change that must not matter.

    One or two of the columns named in `to` are set to other values that train was seen to hold, in at most `most_rows`
    real rows of the test table at once. A row whose answer moves by more than `by_at_most` breaks the rule: in
    probability, for regressions in units of the spread of the predictions; of labels, any other label. What is found
    is made small, and kept under `.mlgate/examples` for later runs to try first.

    ## What to do
    Take the column out of the features. Where the model needs it for some rows, say which move is harmless with
    `by_at_most`.
    """
    if not to:
        raise NotApplicable("no column was named.", hint='Name some: to = ["first_name"].')
    return Property(Invariant(by_at_most), to)


@dataclass(frozen=True, slots=True)
class Invariant:
    """The answer moves by no more than `by`, and a millionth for arithmetic."""

    by: float

    def breach(self, trial: Trial) -> NDArray[np.float64]:
        return np.asarray(trial.changed.moved(trial.answers) - self.by - 1e-6)

    def sentence(self, trial: Trial, row: int) -> str:
        return (
            f"the answer moves from {trial.answers.told(row)} to {trial.changed.told(row)}, and may move by "
            f"{self.by:g} at most."
        )
