"""`robustness.missing`: one more null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Finding, Measurement, NotApplicable, Severity, check
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.grounds import ground, known
from mlgate_robustness.search.telling import farthest, told

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.answers import Answers
    from mlgate_robustness.search.asking import Predict
    from mlgate_robustness.search.searching import Ground


@check("robustness.missing", better="lower", unit="findings", default={"no_findings": True})
def missing(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    *,
    of: tuple[str, ...] = (),
    by_at_most: float = 1.0,
    most_rows: int = 500,
) -> Measurement:
    """Whether the model still answers when one more cell of a row is missing, and how far the answer moves.

    Every column by itself is set to null in at most `most_rows` real rows of the test table: those columns that `of`
    names, by default those in which train had a null, which a model must be able to take. A refusal is a finding, an
    answer of NaN or infinity too, and so is an answer that moves by more than `by_at_most` (in probability; in a
    regression in units of the spread of the predictions; by default any move is allowed).

    ## What to do
    Put an imputer before the model, in its own pipeline, so that it is served as it was judged; or refuse such rows
    at the door, and leave the column out of `of`.
    """
    start = ground(test, train, columns, predict, most_rows=most_rows, may_change=of)
    asked = of or tuple(name for name, held in start.seen.items() if held.nulls and name in start.rows.columns)
    known(asked, tuple(start.rows.columns))
    if not asked:
        raise NotApplicable("train has no missing value in any feature.", hint='Name columns: of = ["income"].')
    ask = Asker(predict, test.uri)
    real = ask(start.rows)
    findings = tuple(found for name in asked for found in _without(name, start, real, ask, by_at_most))
    return Measurement(
        Measurement.exact(len(findings), n=ask.rows).estimate,
        unit="findings",
        findings=findings,
        notes=(f"Set to null, each by itself: {', '.join(asked)}.",),
        data={"rows_asked": ask.rows, "predict_calls": ask.calls},
    )


def _without(name: str, start: Ground, real: Answers, ask: Asker, by: float) -> Iterator[Finding]:
    import polars as pl

    places = np.flatnonzero(start.rows.get_column(name).is_not_null().to_numpy())
    if not len(places):
        return
    rows = start.rows[places]
    said = told(ask, rows.with_columns(pl.lit(None, dtype=rows.schema[name]).alias(name)))
    if said.answers is None:
        yield Finding(f"{name} missing: {said.refusal}", Severity.HIGH, data={"column": name})
    elif (far := farthest(said.answers, real[places], by)) is not None:
        yield _moved(name, far, real[places], said.answers, by)


def _moved(name: str, far: tuple[int, float], real: Answers, said: Answers, by: float) -> Finding:
    row = far[0]
    return Finding(
        f"{name} missing: an answer moves from {real.told(row)} to {said.told(row)}, and may move by {by:g} at most.",
        Severity.HIGH,
        data={"column": name, "moved": far[1]},
    )
