"""`robustness.extrapolate`: numbers beyond what training had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Finding, Json, Measurement, NotApplicable, check, doing
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.perturbing import like
from mlgate_robustness.search.proving import Scene
from mlgate_robustness.search.settings import counted, moved_too_far
from mlgate_robustness.search.telling import Told, complaint, told

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.answers import Answers
    from mlgate_robustness.search.asking import Predict
    from mlgate_robustness.search.searching import Ground


@check("robustness.extrapolate", better="lower", unit="findings", default={"no_findings": "high"})
def extrapolate(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    folder: Path | None = None,
    *,
    beyond: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0),
    by_at_most: float | None = None,
    most_rows: int = 200,
    schema: str = "",
    stochastic: bool = False,
) -> Measurement:
    """What the model does with numbers beyond the range of train.

    Every numeric column by itself is set, in at most `most_rows` real rows of the test table, to its smallest value in
    train less, and its largest plus, each of `beyond` times the width of its range. An answer of NaN, infinity or
    nothing is a finding of high severity, which blocks by default. With `by_at_most`, so is an answer that moves by
    more than that from the answer at the end of the range (in probability; in a regression in units of the spread of
    the predictions). A refusal in words is of low severity, and does not block.

    With `stochastic = true` every answer is the mean of 20, and may move by eight standard errors more; the finding
    says how many rows moved beyond their noise. `schema = "schemas.py:Credit"` names a pandera schema: the
    ranges that it states count as those of train.

    ## What to do
    Clip numbers to the range of training in the model's own pipeline, or refuse such rows before the model. Trees stay
    where they were at the end of the range; a linear model goes on, and so do polynomials, faster.
    """
    scene = Scene(test, train, columns, predict, folder=folder, schema=schema)
    start = scene.ground(most_rows)
    numeric = tuple(name for name, held in start.seen.items() if held.numeric and name in start.rows.columns)
    if not numeric:
        raise NotApplicable("the model reads no numeric column.")
    ask = scene.asker(stochastic=stochastic)
    ask(start.rows)
    findings = tuple(found for name in numeric for found in _beyond(name, start, ask, sorted(beyond), by_at_most))
    where = "train" if train is not None else "test"
    return counted(findings, ask, f"Set beyond their range in {where}: {', '.join(numeric)}.")


def _beyond(name: str, start: Ground, ask: Asker, beyond: list[float], by: float | None) -> Iterator[Finding]:
    """One finding at most for each side: the nearest value that is answered wrongly."""
    numbers = start.seen[name].numbers
    low, high = float(numbers[0]), float(numbers[-1])
    width = (high - low) or abs(high) or 1.0
    for end, direction in ((low, -1.0), (high, 1.0)):
        values = [end + direction * times * width for times in beyond]
        steps = _told(start, name, [end, *values], ask)
        edge = steps[0].answers
        said = (_wrong(name, value, step, edge, by) for value, step in zip(values, steps[1:], strict=True))
        found = next((finding for finding in said if finding is not None), None)
        if found is not None:
            what = f"train: {low:,.6g} to {high:,.6g}"
            yield replace(found, message=found.message.replace(":", f" ({what}):", 1))


def _told(start: Ground, name: str, values: list[float], ask: Asker) -> list[Told]:
    """What the model says of each value: asked about all at once, and one by one where it does not take them all."""
    import polars as pl

    frames = [_set(start, name, value) for value in values]
    rows = start.rows.height
    with doing(f"the column {name!r}"):
        together = told(ask, pl.concat(frames))
    if together.answers is None:
        return [told(ask, frame) for frame in frames]
    return [Told(together.answers[slice(at * rows, (at + 1) * rows)]) for at in range(len(values))]


def _wrong(name: str, value: float, said: Told, edge: Answers | None, by: float | None) -> Finding | None:
    what = f"{name} = {value:,.6g}"
    data: dict[str, Json] = {"column": name, "value": value}
    if said.answers is None or by is None or edge is None:
        return complaint(what, said, data)
    return moved_too_far(f"{what}, from the end of the range", said, edge, by, data)


def _set(start: Ground, name: str, value: float) -> pl.DataFrame:
    column = start.rows.get_column(name)
    made = like(column, np.full(start.rows.height, value))
    return start.rows.with_columns(made)
