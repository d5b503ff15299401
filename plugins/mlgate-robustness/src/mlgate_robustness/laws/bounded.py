"""`robustness.bounded`: answers stay within what makes sense."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError, NotApplicable
from mlgate_robustness.search.law import Trial
from mlgate_robustness.search.proving import Property
from mlgate_robustness.search.stated import searched


@searched("robustness.bounded")
def bounded(*, low: float | None = None, high: float | None = None) -> Property:
    """Whether every prediction stays between `low` and `high`, on real rows and on changed ones.

    One or two cells of at most `most_rows` real rows of the test table are set to other values that train was seen to
    hold. A row whose answer leaves the bounds breaks the rule; it is made as near to the real row as can be, and kept
    under `.mlgate/examples` for later runs to try first. For classes the bounds are those of each score.

    ## What to do
    Predict on a scale that can't leave the bounds (a log or logit link), or clip the answer in the model's own
    pipeline, so that what is served is what was judged.
    """
    if low is None and high is None:
        raise NotApplicable("no bound was named.", hint="Name one: low = 0.")
    if low is not None and high is not None and low > high:
        raise CheckError(f"low ({low:g}) is above high ({high:g}).")
    return Property(Bounded(-math.inf if low is None else low, math.inf if high is None else high))


@dataclass(frozen=True, slots=True)
class Bounded:
    """Every number of the answer lies in [low, high]."""

    low: float
    high: float

    def breach(self, trial: Trial) -> NDArray[np.float64]:
        numbers = trial.changed.numbers()
        return np.asarray(np.maximum(self.low - numbers, numbers - self.high).max(axis=1))

    def sentence(self, trial: Trial, row: int) -> str:
        return f"the answer is {trial.changed.told(row)}, outside {self.low:g} to {self.high:g}."
