"""A search whose changes a user's function makes: typos in a text, another exposure of a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mlgate import CheckError, ModelError
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.law import Law, Trial
from mlgate_robustness.search.moves import differs
from mlgate_robustness.search.smallest import Counterexample

if TYPE_CHECKING:
    import polars as pl

    from mlgate_robustness.search.answers import Answers
    from mlgate_robustness.search.searching import Ground

Change = Callable[["pl.DataFrame", np.random.Generator], "pl.DataFrame"]
"""Real rows and a source of chance to changed copies of them: the same columns and types, row by row."""


def perturbed(
    start: Ground, law: Law, ask: Asker, answers: Answers, *, change: Change, trials: int, seed: int
) -> Counterexample | None:
    """The first changed row that breaks the law, in `trials` changes of all rows. There is nothing to shrink.

    Raises `CheckError` where the function gives other rows or columns than it got.
    """
    for trial in range(trials):
        after = change(start.rows, np.random.default_rng([seed, trial]))
        if after.schema != start.rows.schema or after.height != start.rows.height:
            raise CheckError(
                f"the function that changes rows gave {after.height} rows of {dict(after.schema)}.",
                hint="It must give back each row with the same columns and types.",
            )
        apart = differs(start.rows, after, start.rows.columns)
        if apart.any():
            found = _broken(start, law, ask, answers, after=after, apart=apart)
            if found is not None:
                return found
    return None


def _broken(
    start: Ground,
    law: Law,
    ask: Asker,
    answers: Answers,
    *,
    after: pl.DataFrame,
    apart: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> Counterexample | None:
    try:
        said = ask(after)
    except ModelError as error:
        row, refusal = ask.refused(after) or (0, error)
        sentence = f"the model refuses the row: {refusal.message}"
        return Counterexample(start.rows[row], after[row], _changed(start.rows[row], after[row]), sentence)
    trial = Trial(start.rows, after, answers, said)
    broken = apart & (law.breach(trial) > 0)
    if not broken.any():
        return None
    row = int(broken.argmax())
    before, changed = start.rows[row], after[row]
    shown = (answers.shown(row), said.shown(row))
    return Counterexample(before, changed, _changed(before, changed), law.sentence(trial, row), shown, broken)


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> tuple[str, ...]:
    return tuple(name for name in before.columns if differs(before, after, [name])[0])
