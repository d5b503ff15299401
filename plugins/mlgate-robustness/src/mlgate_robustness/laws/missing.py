"""`robustness.missing`: one more null."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Measurement, NotApplicable, Severity, check
from mlgate_robustness.search.proving import Scene
from mlgate_robustness.search.settings import Setting, blamed, counted

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.asking import Predict
    from mlgate_robustness.search.searching import Ground


@check("robustness.missing", better="lower", unit="findings", default={"no_findings": True})
def missing(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    folder: Path | None = None,
    *,
    of: tuple[str, ...] = (),
    by_at_most: float = 1.0,
    most_rows: int = 500,
    schema: str = "",
    stochastic: bool = False,
) -> Measurement:
    """Whether the model still answers when one more cell of a row is missing, and how far the answer moves.

    Every column by itself is set to null in at most `most_rows` real rows of the test table: those columns that `of`
    names, by default those in which train had a null or that the model's signature calls optional, which a model must
    be able to take. A refusal is a finding, an
    answer of NaN or infinity too, and so is an answer that moves by more than `by_at_most` (in probability; in a
    regression in units of the spread of the predictions; by default any move is allowed).

    With `stochastic = true` every answer is the mean of 20, and may move by eight standard errors more; the finding
    says how many rows moved beyond their noise. `schema = "schemas.py:Credit"` names a pandera schema: columns
    that it calls nullable are asked for, too.

    ## What to do
    Put an imputer before the model, in its own pipeline, so that it is served as it was judged; or refuse such rows
    at the door, and leave the column out of `of`.
    """
    scene = Scene(test, train, columns, predict, folder=folder, schema=schema)
    start = scene.ground(most_rows, of)
    asked = of or tuple(name for name, held in start.seen.items() if held.nulls and name in start.rows.columns)
    if not asked:
        raise NotApplicable("train has no missing value in any feature.", hint='Name columns: of = ["income"].')
    ask = scene.asker(stochastic=stochastic)
    real = ask(start.rows)
    settings = (_without(name, start) for name in asked)
    findings = tuple(blamed(settings, ask, real, by=by_at_most, refusal=Severity.HIGH))
    return counted(findings, ask, f"Set to null, each by itself: {', '.join(asked)}.")


def _without(name: str, start: Ground) -> Setting:
    """The rows that have a value, without it."""
    import polars as pl

    places = np.flatnonzero(start.rows.get_column(name).is_not_null().to_numpy())
    nothing = pl.lit(None, dtype=start.rows.schema[name]).alias(name)
    return Setting(name, f"{name} missing", start.rows[places].with_columns(nothing), places)
