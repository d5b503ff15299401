"""`security.evasion`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate import CheckError, Estimate, Measurement, NotApplicable, Scale, Spread, check

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import ScoredTable
    from mlgate_security.evasion.asking import Predict, Rows


@check("security.evasion", better="lower", default={"at_most": 0.25, "level": "warn"})
def evasion(
    scored_test: ScoredTable,
    predict: Predict,
    *,
    budget: float = 0.05,
    queries: int = 50,
    features: tuple[str, ...] = (),
    threshold: float = 0.5,
    most_rows: int = 500,
) -> Measurement:
    """The share of decisions that flip when numbers of a row are moved a little, all at once.

    Each numeric column that the model reads (`features` names some of them) may be moved by `budget` times its spread,
    up or down, within the range that the test table has. The spread is a standard deviation, from the quartiles; whole
    numbers are moved by whole numbers. Text, dates, true and false, and what is missing stay as they are.

    The model is asked as a stranger would ask it, and for at most `queries` points of each row: column by column,
    keeping what brings the score nearer to another decision (Guo and others, ICML 2019), then corners of the box at
    random (seed 0). On a linear model that is exact; else a row that was not flipped may be flipped by a better attack,
    and the share is a lower bound. Decisions are taken at `threshold`. At most `most_rows` rows are drawn (seed 0);
    the interval is Wilson's, with rows as independent.

    Rows near the threshold flip in every model: on tables of credit and of tumours, linear models, forests and boosted
    trees have 0.02 to 0.13. By default a share shown to be above 0.25 is a warning. State a bound of your own where
    somebody gains by moving a number: claims, spam, fraud.

    ## What to do
    Drop or coarsen the columns that whoever is judged can move at will, demand monotone constraints or a smoother model
    (larger leaves, stronger regularization), or hand rows near the threshold to a person.
    """
    from mlgate_security.evasion.moves import moves
    from mlgate_security.evasion.search import SEED, Search

    _refuse_odd(budget, queries, most_rows)
    names = _names(scored_test, predict, features)
    rows = _drawn(scored_test, predict, threshold, most_rows)
    moved, stuck = moves(scored_test.table, rows.frame, names, budget)
    if not moved:
        raise NotApplicable(f"a budget of {budget:g} moves none of the columns {', '.join(names)}.")
    search = Search(rows.ask, moved, queries)
    flipped = search.run(rows.margin())
    notes = [f"{search.spent:,} points of each of {len(flipped):,} rows were asked about (seed {SEED})."]
    if stuck:
        notes.append(f"The budget does not move {', '.join(stuck)}.")
    if len(search.tried) < len(moved):
        notes.append(f"{queries:,} queries tried {len(search.tried):,} of {len(moved):,} columns one by one.")
    return Measurement(
        _share(int(flipped.sum()), len(flipped)),
        notes=tuple(notes),
        data={"budget": budget, "steps": {move.name: move.step for move in moved}, "rows": len(flipped)},
    )


def _refuse_odd(budget: float, queries: int, most_rows: int) -> None:
    if not (0 < budget < float("inf") and queries >= 1 and most_rows >= 1):
        raise CheckError("`budget` is above 0, and `queries` and `most_rows` are at least 1.")


def _names(scored: ScoredTable, predict: Predict, features: Sequence[str]) -> list[str]:
    """The numeric columns to move. Raises `CheckError` for one that is not read, or that holds no numbers."""
    if not scored.classes:
        raise NotApplicable("Flips are counted on decisions, and this is a regression.")
    schema, columns = scored.table.schema, scored.columns
    withheld = (columns.label, columns.weight, columns.entity)
    read = predict.features or tuple(name for name in schema if name not in withheld)
    numeric = [name for name in read if name in schema and schema[name].is_numeric()]
    unknown = [name for name in features if name not in numeric]
    if unknown:
        raise CheckError(
            f"the model reads no numbers in {', '.join(unknown)}.", hint=f"It reads them in {', '.join(numeric)}."
        )
    if not numeric:
        raise NotApplicable("the model reads no numbers.")
    return list(features) or numeric


def _drawn(scored: ScoredTable, predict: Predict, threshold: float, most: int) -> Rows:
    import numpy as np

    from mlgate.tabular import Table, score
    from mlgate_security.evasion.asking import Rows
    from mlgate_security.evasion.search import SEED

    places = np.arange(scored.rows)
    if scored.rows > most:
        places = np.sort(np.random.default_rng(SEED).choice(scored.rows, most, replace=False))
    frame: pl.DataFrame = scored.table.take(places)
    predictions = replace(scored.candidate, values=scored.candidate.values[places])
    table = Table.of(frame, uri=scored.table.uri)
    return Rows(frame, score(table, scored.columns, scored.task, predictions), predict, threshold)


def _share(flipped: int, rows: int) -> Estimate:
    import math

    share = flipped / rows
    spread = Spread("wilson", math.sqrt(share * (1 - share) / rows), Scale.SCORE, trials=rows)
    return Estimate(share, rows, spread)
