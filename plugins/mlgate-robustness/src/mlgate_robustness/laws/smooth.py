"""`robustness.smooth`: a measurement error does not turn the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Measurement, NotApplicable, Part, check
from mlgate_robustness.search.grounds import known
from mlgate_robustness.search.perturbing import noisy
from mlgate_robustness.search.proving import Scene
from mlgate_robustness.search.shares import excess, share

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.answers import Answers
    from mlgate_robustness.search.asking import Predict

COPIES = 4


@check("robustness.smooth", better="lower", default={"at_most": 0.05, "level": "observe"})
def smooth(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    folder: Path | None = None,
    *,
    error: float = 0.01,
    errors: Mapping[str, float] | None = None,
    by_at_most: float = 0.05,
    threshold: float = 0.5,
    most_rows: int = 2_000,
    seed: int = 0,
    schema: str = "",
    stochastic: bool = False,
) -> Measurement:
    """The share of rows whose decision changes when numbers are off by no more than their measurement error.

    Normal noise is added to every numeric column that the model reads: with a standard deviation of `errors` for the
    columns named there (in the column's own unit), and of `error` times the spread of train (its 5th to 95th
    percentile) for the others; whole numbers stay whole. At most `most_rows` real rows of the test table are asked
    four times, with other noise each time. A row counts when any of the four decisions (at `threshold`) differs from
    the real row's; in a regression when an answer moves by more than `by_at_most` of the spread of the predictions.
    The interval is Wilson's. Beside the share stands the mean move of the answer (`mean_move`).

    It is recorded, and decides nothing until a rule says so: how large the error is, nobody but you knows.

    With `stochastic = true` every answer is the mean of 20, and the share is that of rows that turn less that of rows
    that turn when the same rows are asked as often once more: a difference of two shares on the same rows, with Agresti
    and Min's interval (2005, Biostatistics 6, 241-250). `schema = "schemas.py:Credit"` names a pandera schema, whose
    ranges give the spread.

    ## What to do
    Many such rows lie near the threshold, or the model has learned single values: make leaves larger, prune, or
    calibrate. Where the real measurement error is known, name it with `errors`.
    """
    scene = Scene(test, train, columns, predict, folder=folder, schema=schema)
    start = scene.ground(most_rows)
    known(tuple(errors or ()), tuple(start.rows.columns))
    numeric = {name: held for name, held in start.seen.items() if held.numeric and name in start.rows.columns}
    if not numeric:
        raise NotApplicable("the model reads no number that could be measured with an error.")
    scales = {name: (errors or {}).get(name, error * held.spread) for name, held in numeric.items()}
    ask = scene.asker(stochastic=stochastic)
    rng = np.random.default_rng(seed)
    turns = _Turns(ask(start.rows), threshold, by_at_most)
    turned, moves = turns.over([ask(noisy(start.rows, scales, numeric, rng)) for _ in range(COPIES)])
    value = share(turned)
    if stochastic:
        value = excess(turned, turns.over([ask(start.rows) for _ in range(COPIES)])[0])
    return Measurement(
        value,
        parts=(Part("mean_move", Estimate(moves, start.rows.height)),),
        notes=(f"Noise on {', '.join(numeric)} (seed {seed}).",),
        data={"seed": seed, "rows_asked": ask.rows, "predict_calls": ask.calls},
    )


@dataclass(frozen=True, slots=True)
class _Turns:
    """Tells which decisions are others than those on the real rows."""

    real: Answers
    threshold: float
    by: float

    def over(self, copies: Sequence[Answers]) -> tuple[NDArray[np.bool_], float]:
        """The rows that turn in any of the copies, and how far an answer moves in the mean."""
        turned = np.any([self._turned(said) for said in copies], axis=0)
        return np.asarray(turned), float(np.mean([said.moved(self.real).mean() for said in copies]))

    def _turned(self, said: Answers) -> NDArray[np.bool_]:
        if self.real.is_number:
            return np.asarray(said.moved(self.real) > self.by)
        return np.asarray(said.decided(self.threshold) != self.real.decided(self.threshold))
