"""`robustness.invariant`: columns that must not matter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import Measurement, NotApplicable, check
from mlgate_robustness.search.law import Trial
from mlgate_robustness.search.proving import Effort, Scene, prove

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.asking import Predict

__all__ = ["Invariant", "invariant"]


@check("robustness.invariant", better="lower", unit="findings", default={"no_findings": True})
def invariant(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    examples: Path | None = None,
    *,
    to: tuple[str, ...] = (),
    by_at_most: float = 0.0,
    trials: int = 100,
    most_rows: int = 500,
    seed: int = 0,
    stochastic: bool = False,
) -> Measurement:
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
    effort = Effort(trials, most_rows, seed, stochastic)
    scene = Scene(test, train, columns, predict, examples)
    return prove("robustness.invariant", Invariant(by_at_most), scene, scene.ground(effort, to), effort)


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
