"""`robustness.bounded`: answers stay within what makes sense."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError, Measurement, NotApplicable, check
from mlgate_robustness.search.law import Trial
from mlgate_robustness.search.proving import Effort, Scene, prove

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.asking import Predict


@check("robustness.bounded", better="lower", unit="findings", default={"no_findings": True})
def bounded(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    examples: Path | None = None,
    *,
    low: float | None = None,
    high: float | None = None,
    trials: int = 100,
    most_rows: int = 500,
    seed: int = 0,
    stochastic: bool = False,
) -> Measurement:
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
    effort = Effort(trials, most_rows, seed, stochastic)
    scene = Scene(test, train, columns, predict, examples)
    law = Bounded(-math.inf if low is None else low, math.inf if high is None else high)
    return prove("robustness.bounded", law, scene, scene.ground(effort), effort)


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
