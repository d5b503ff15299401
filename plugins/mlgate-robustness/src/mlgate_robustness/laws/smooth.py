"""`robustness.smooth`: a measurement error does not turn the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Estimate, Measurement, NotApplicable, Part, check
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.grounds import ground, known
from mlgate_robustness.search.perturbing import noisy
from mlgate_robustness.search.shares import share

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
    *,
    error: float = 0.01,
    errors: Mapping[str, float] | None = None,
    by_at_most: float = 0.05,
    threshold: float = 0.5,
    most_rows: int = 2_000,
    seed: int = 0,
) -> Measurement:
    """The share of rows whose decision changes when numbers are off by no more than their measurement error.

    Normal noise is added to every numeric column that the model reads: with a standard deviation of `errors` for the
    columns named there (in the column's own unit), and of `error` times the spread of train (its 5th to 95th
    percentile) for the others; whole numbers stay whole. At most `most_rows` real rows of the test table are asked
    four times, with other noise each time. A row counts when any of the four decisions (at `threshold`) differs from
    the real row's; in a regression when an answer moves by more than `by_at_most` of the spread of the predictions.
    The interval is Wilson's. Beside the share stands the mean move of the answer (`mean_move`).

    It is recorded, and decides nothing until a rule says so: how large the error is, nobody but you knows.

    ## What to do
    Many such rows lie near the threshold, or the model has learned single values: make leaves larger, prune, or
    calibrate. Where the real measurement error is known, name it with `errors`.
    """
    start = ground(test, train, columns, predict, most_rows=most_rows)
    known(tuple(errors or ()), tuple(start.rows.columns))
    numeric = {name: held for name, held in start.seen.items() if held.numeric and name in start.rows.columns}
    if not numeric:
        raise NotApplicable("the model reads no number that could be measured with an error.")
    scales = {name: (errors or {}).get(name, error * held.spread) for name, held in numeric.items()}
    ask = Asker(predict, test.uri)
    real = ask(start.rows)
    rng = np.random.default_rng(seed)
    turned = np.zeros(start.rows.height, dtype=np.bool_)
    moves: list[float] = []
    for _ in range(COPIES):
        said = ask(noisy(start.rows, scales, numeric, rng))
        turned |= _turned(real, said, threshold, by_at_most)
        moves.append(float(said.moved(real).mean()))
    return Measurement(
        share(turned),
        parts=(Part("mean_move", Estimate(float(np.mean(moves)), start.rows.height)),),
        notes=(f"Noise on {', '.join(numeric)} (seed {seed}).",),
        data={"seed": seed, "rows_asked": ask.rows, "predict_calls": ask.calls},
    )


def _turned(real: Answers, said: Answers, threshold: float, by: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if real.is_number:
        return np.asarray(said.moved(real) > by)
    return np.asarray(said.decided(threshold) != real.decided(threshold))
