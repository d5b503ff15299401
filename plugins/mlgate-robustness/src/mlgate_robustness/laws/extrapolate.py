"""`robustness.extrapolate`: numbers beyond what training had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Finding, Measurement, NotApplicable, Severity, check
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.grounds import ground
from mlgate_robustness.search.perturbing import like
from mlgate_robustness.search.telling import complaint, farthest, told

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.asking import Predict
    from mlgate_robustness.search.searching import Ground


@check("robustness.extrapolate", better="lower", unit="findings", default={"no_findings": "high"})
def extrapolate(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    *,
    beyond: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0),
    by_at_most: float | None = None,
    most_rows: int = 200,
) -> Measurement:
    """What the model does with numbers beyond the range of train.

    Every numeric column by itself is set, in at most `most_rows` real rows of the test table, to its smallest value in
    train less, and its largest plus, each of `beyond` times the width of its range. An answer of NaN, infinity or
    nothing is a finding of high severity, which blocks by default. With `by_at_most`, so is an answer that moves by
    more than that from the answer at the end of the range (in probability; in a regression in units of the spread of
    the predictions). A refusal in words is of low severity, and does not block.

    ## What to do
    Clip numbers to the range of training in the model's own pipeline, or refuse such rows before the model. Trees stay
    where they were at the end of the range; a linear model goes on, and so do polynomials, faster.
    """
    start = ground(test, train, columns, predict, most_rows=most_rows)
    numeric = tuple(name for name, held in start.seen.items() if held.numeric and name in start.rows.columns)
    if not numeric:
        raise NotApplicable("the model reads no numeric column.")
    ask = Asker(predict, test.uri)
    ask(start.rows)
    findings = tuple(found for name in numeric for found in _beyond(name, start, ask, sorted(beyond), by_at_most))
    return Measurement(
        Measurement.exact(len(findings), n=ask.rows).estimate,
        unit="findings",
        findings=findings,
        notes=(f"Set beyond their range in {'train' if train is not None else 'test'}: {', '.join(numeric)}.",),
        data={"rows_asked": ask.rows, "predict_calls": ask.calls},
    )


def _beyond(name: str, start: Ground, ask: Asker, beyond: list[float], by: float | None) -> Iterator[Finding]:
    """One finding at most for each side: the nearest value that is answered wrongly."""
    numbers = start.seen[name].numbers
    low, high = float(numbers[0]), float(numbers[-1])
    width = (high - low) or abs(high) or 1.0
    for end, direction in ((low, -1.0), (high, 1.0)):
        edge = told(ask, _set(start, name, end)).answers
        for times in beyond:
            value = end + direction * times * width
            said = told(ask, _set(start, name, value))
            what = f"{name} = {value:,.6g} (train: {low:,.6g} to {high:,.6g})"
            finding = complaint(what, said, {"column": name, "value": value})
            if finding is None and by is not None and edge is not None and said.answers is not None:
                far = farthest(said.answers, edge, by)
                if far is not None:
                    finding = Finding(
                        f"{what}: an answer moves from {edge.told(far[0])} at the end of the range to "
                        f"{said.answers.told(far[0])}, and may move by {by:g} at most.",
                        Severity.HIGH,
                        data={"column": name, "value": value, "moved": far[1]},
                    )
            if finding is not None:
                yield finding
                break


def _set(start: Ground, name: str, value: float) -> pl.DataFrame:
    column = start.rows.get_column(name)
    made = like(column, np.full(start.rows.height, value))
    return start.rows.with_columns(made)
