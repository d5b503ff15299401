"""`robustness.unseen_category`: a value that training never had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlgate import Finding, Measurement, NotApplicable, Severity, check
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.grounds import ground
from mlgate_robustness.search.telling import complaint, farthest, told

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.answers import Answers
    from mlgate_robustness.search.asking import Predict
    from mlgate_robustness.search.searching import Ground

UNSEEN = "mlgate: a value that was never seen"


@check("robustness.unseen_category", better="lower", unit="findings", default={"no_findings": "high"})
def unseen_category(
    test: Table,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    *,
    by_at_most: float = 1.0,
    most_rows: int = 200,
) -> Measurement:
    """What the model does with a text that it was never shown.

    Every text column by itself is set to a value that no table has, in at most `most_rows` real rows of the test table.
    An answer of NaN, infinity or nothing is a finding of high severity, which blocks by default: the caller would not
    notice. So is an answer that moves by more than `by_at_most` (in probability; in a regression in units of the spread
    of the predictions; by default any move is allowed). A refusal in words is a finding of low severity: it is shown
    and does not block, for a model may refuse what it does not know; `no_findings = true` makes it block.

    ## What to do
    `OneHotEncoder(handle_unknown="infrequent_if_exist")` or `OrdinalEncoder(handle_unknown="use_encoded_value")` give a
    defined answer. Never look a category up in a table that answers with NaN.
    """
    start = ground(test, train, columns, predict, most_rows=most_rows)
    texts = tuple(name for name, dtype in start.rows.schema.items() if _is_text(dtype))
    if not texts:
        raise NotApplicable("the model reads no text column.")
    ask = Asker(predict, test.uri)
    real = ask(start.rows)
    findings = tuple(found for name in texts for found in _unseen(name, start, real, ask, by_at_most))
    return Measurement(
        Measurement.exact(len(findings), n=ask.rows).estimate,
        unit="findings",
        findings=findings,
        notes=(f"Set to a value never seen, each by itself: {', '.join(texts)}.",),
        data={"rows_asked": ask.rows, "predict_calls": ask.calls},
    )


def _unseen(name: str, start: Ground, real: Answers, ask: Asker, by: float) -> Iterator[Finding]:
    import polars as pl

    rows = start.rows
    kind = rows.schema[name]
    values = pl.lit(UNSEEN, dtype=pl.String)
    said = told(ask, rows.with_columns((values if kind == pl.String else values.cast(pl.Categorical)).alias(name)))
    finding = complaint(f"{name} set to a text that was never seen", said, {"column": name})
    if finding is not None:
        yield finding
    elif said.answers is not None and (far := farthest(said.answers, real, by)) is not None:
        row = far[0]
        yield Finding(
            f"{name} set to a text that was never seen: an answer moves from {real.told(row)} to "
            f"{said.answers.told(row)}, and may move by {by:g} at most.",
            Severity.HIGH,
            data={"column": name, "moved": far[1]},
        )


def _is_text(dtype: object) -> bool:
    import polars as pl

    return dtype in (pl.String, pl.Categorical) or isinstance(dtype, pl.Enum)
