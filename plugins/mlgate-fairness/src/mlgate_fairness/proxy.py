"""Whether a sensitive attribute can be guessed from the other columns."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from mlgate import CheckError, JudgedBy, Measurement, NotApplicable, check
from mlgate_fairness.subjects import declared

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.proxy", better="lower", default={"at_most": 0.9, "level": "warn"})
def proxy(scored_test: ScoredTable, *, most_rows: int = 10_000, min_rows: int = 50) -> Measurement:
    """How well a sensitive attribute can be guessed from the features: the AUC of a classifier that tries.

    For every sensitive column, gradient boosted trees are fitted to tell its groups apart from all other columns (not
    the label, the other sensitive columns, entity, weight and time), and asked about rows that they did not learn from
    (five folds; rows of one entity stay together). 0.5 means that the features say nothing about the group, 1 that they
    give it away: then a model needs no sensitive column to treat its groups apart. The number is that of the group that
    is guessed best; each group against all others is in the record. The interval is DeLong's (1988, Biometrics 44), by
    entity where one is named.

    At most `most_rows` rows are used, drawn at random (seed 0). Groups of fewer than `min_rows` of them are left out.
    The columns that give a group away are named: those that, shuffled, make the guesses most worse.

    By default an AUC shown to be above 0.9 is a warning. It is no harm by itself: it tells where to look. It needs
    scikit-learn: `pip install "mlgate-fairness[proxy]"`.

    ## What to do
    Look at the columns that it names. Ask of each whether it is needed for the decision or stands for the group; then
    train without it and compare (`performance.vs_champion`). fairlearn's `preprocessing.CorrelationRemover` takes what
    is linear in the group out of the features, its `reductions.ExponentiatedGradient` trains under a constraint
    instead; docs/fairness.md runs the latter.
    """
    if find_spec("sklearn") is None:
        raise NotApplicable("scikit-learn is not installed.", hint='`pip install "mlgate-fairness[proxy]"` brings it.')
    columns = declared(scored_test)
    from mlgate_fairness.guessing import Guessing, helpers

    guessing = Guessing.of(scored_test, most_rows)
    found = [guess for column in columns for guess in guessing.about(column, scored_test.groups.by(column), min_rows)]
    if not found:
        raise CheckError(f"No two groups of {', '.join(columns)} have {min_rows} rows to learn from.")
    best = max(found, key=lambda guess: guess.measured.estimate.value)
    told = helpers(found)
    notes = [f"Measured on {guessing.height:,} of {scored_test.rows:,} rows."]
    notes += [f"{name} is given away by {', '.join(names)}." for name, names in told.items() if names]
    return Measurement(
        best.measured.estimate,
        slices=tuple(guess.measured for guess in found),
        judged_by=JudgedBy.SLICES,
        notes=tuple(notes),
        data={"given_away_by": {name: list(names) for name, names in told.items()}},
    )
