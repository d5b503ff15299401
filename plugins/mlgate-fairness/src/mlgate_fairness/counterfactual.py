"""What the model decides when nothing but a sensitive attribute of a row is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, Part, check

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable
    from mlgate_fairness.flipping import Predict


@check("fairness.counterfactual_flip", better="lower", default={"at_most": 0.05, "level": "warn"})
def counterfactual_flip(
    scored_test: ScoredTable, predict: Predict, *, threshold: float = 0.5, most_rows: int = 10_000
) -> Measurement:
    """The share of rows whose decision changes when only a sensitive attribute is changed.

    Each sensitive column that the model reads is set, in every row, to each other value that the table has (of numbers:
    to the middle value of each other band), and the model is asked again. A row counts when any one of these changes
    its decision. Beside the share of all rows stand that of each column (`sex`) and of the rows of each group. The
    interval is Wilson's, or by entity. It is after the idea of counterfactual fairness (Kusner and others, 2017,
    NeurIPS 30), without a causal model: columns that depend on the attribute stay as they are, so that 0 here does not
    mean that the attribute plays no part: `fairness.proxy` says how well it can be guessed from the others.

    At most `most_rows` rows are asked, drawn at random (seed 0); the interval is that of so many rows. Of a column with
    more than ten values, the ten most frequent are tried. Decisions are taken at `threshold`.

    By default a share shown to be above 0.05 is a warning.

    ## What to do
    Take the column out of the features and train again, then look at `performance.vs_champion` for what that costs.
    Where the attribute must be used (a dose that depends on age), say so in the gate file with a bound of your own.
    fairlearn's `reductions.ExponentiatedGradient` trains a model that does not read it, under a constraint on its
    groups: docs/fairness.md runs it.
    """
    from mlgate_fairness.drawing import SEED
    from mlgate_fairness.flipping import flips, read_columns

    read = read_columns(scored_test, predict)
    found = flips(scored_test, predict, read, threshold=threshold, most_rows=most_rows)
    notes = [f"The model reads {', '.join(read)}."]
    if found.rows < scored_test.rows:
        notes.append(f"Measured on {found.rows:,} of {scored_test.rows:,} rows, drawn at random (seed {SEED}).")
    return Measurement(
        found.anywhere,
        slices=found.slices,
        parts=tuple(Part(column, estimate) for column, estimate in found.by_column.items()),
        notes=tuple(notes),
        data={"features": list(read), "rows": found.rows},
    )
