"""`robustness.unseen_category`: a value that training never had."""

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

UNSEEN = "mlgate: a value that was never seen"


@check("robustness.unseen_category", better="lower", unit="findings", default={"no_findings": "high"})
def unseen_category(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    folder: Path | None = None,
    *,
    by_at_most: float = 1.0,
    most_rows: int = 200,
    schema: str = "",
    stochastic: bool = False,
) -> Measurement:
    """What the model does with a text that it was never shown.

    Every text column by itself is set to a value that no table has, in at most `most_rows` real rows of the test table.
    An answer of NaN, infinity or nothing is a finding of high severity, which blocks by default: the caller would not
    notice. So is an answer that moves by more than `by_at_most` (in probability; in a regression in units of the spread
    of the predictions; by default any move is allowed). A refusal in words is a finding of low severity: it is shown
    and does not block, for a model may refuse what it does not know; `no_findings = true` makes it block.

    With `stochastic = true` every answer is the mean of 20, and may move by eight standard errors more; the finding
    says how many rows moved beyond their noise. `schema = "schemas.py:Credit"` names a pandera schema: whole
    numbers of which it lists those allowed are categories, too.

    ## What to do
    `OneHotEncoder(handle_unknown="infrequent_if_exist")` or `OrdinalEncoder(handle_unknown="use_encoded_value")` give a
    defined answer. Never look a category up in a table that answers with NaN.
    """
    scene = Scene(test, train, columns, predict, folder=folder, schema=schema)
    start = scene.ground(most_rows)
    named = tuple(name for name in start.rows.columns if _is_category(name, start))
    if not named:
        raise NotApplicable("the model reads no text column.")
    ask = scene.asker(stochastic=stochastic)
    real = ask(start.rows)
    settings = (_unseen(name, start) for name in named)
    findings = tuple(blamed(settings, ask, real, by=by_at_most, refusal=Severity.LOW))
    return counted(findings, ask, f"Set to a value never seen, each by itself: {', '.join(named)}.")


def _unseen(name: str, start: Ground) -> Setting:
    import polars as pl

    dtype, places = start.rows.schema[name], np.arange(start.rows.height)
    if dtype.is_integer():
        strange = int(start.seen[name].values[-1]) + 1
        changed = start.rows.with_columns(pl.lit(strange, dtype=dtype).alias(name))
        return Setting(name, f"{name} set to {strange}, which its schema does not list", changed, places)
    value = pl.lit(UNSEEN, dtype=pl.String)
    changed = start.rows.with_columns((value if dtype == pl.String else value.cast(pl.Categorical)).alias(name))
    return Setting(name, f"{name} set to a text that was never seen", changed, places)


def _is_category(name: str, start: Ground) -> bool:
    import polars as pl

    dtype = start.rows.schema[name]
    if dtype.is_integer():
        return name in start.seen and start.seen[name].listed
    return dtype in (pl.String, pl.Categorical) or isinstance(dtype, pl.Enum)
