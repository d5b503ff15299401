"""From a change that breaks a law on many rows to the one row, and the smallest change of it, that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import ModelError
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.law import Law, Trial
from mlgate_robustness.search.moves import places_of
from mlgate_robustness.search.searching import Broken, Ground

if TYPE_CHECKING:
    import polars as pl

    from mlgate_robustness.search.answers import Answers

_MOST_STEPS = 128


@dataclass(frozen=True, slots=True)
class Counterexample:
    """One real row, its changed copy (one row each), and what is wrong: `sentence` follows the change.

    `broken` says of every row that the change was made to whether the law was broken there; None of a kept case.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    columns: tuple[str, ...]
    sentence: str
    said: tuple[object, object] | None = None
    broken: NDArray[np.bool_] | None = None


def smallest(broken: Broken, ground: Ground, law: Law, ask: Asker) -> Counterexample:
    """The row whose change is smallest, with every cell put back and every step taken back that is not needed."""
    if broken.trial is None:
        return replace(_refusal(broken, ground), broken=_where(broken, ground))
    row = _nearest_row(broken, ground)
    pair = _Pair(broken.trial.before[row], broken.trial.after[row], broken.trial.answers[[row]], law, ask)
    moved = [move.column for move in broken.recipe if not _same(pair.before, pair.after, move.column)]
    pair, moved = _without_needless(pair, moved)
    for name in moved:
        pair = _nearer(pair, name, ground)
    return replace(pair.counterexample(tuple(moved)), broken=_where(broken, ground))


def _where(broken: Broken, ground: Ground) -> NDArray[np.bool_]:
    rows = np.zeros(ground.rows.height, dtype=np.bool_)
    rows[list(broken.rows)] = True
    return rows


def _refusal(broken: Broken, ground: Ground) -> Counterexample:
    row, after = broken.rows[0], broken.after
    if after is None:
        raise ValueError("a refusal without the rows that were refused")
    columns = tuple(move.column for move in broken.recipe)
    return Counterexample(ground.rows[row], after[row], columns, f"the model refuses the row: {broken.refusal}")


def _nearest_row(broken: Broken, ground: Ground) -> int:
    """Of the rows that break the law the one with the fewest cells changed, by the fewest steps."""
    trial = broken.trial
    if trial is None:
        return broken.rows[0]
    rows = list(broken.rows)
    before, after = trial.before[rows], trial.after[rows]
    size = np.zeros(len(rows))
    for move in broken.recipe:
        seen, old, new = ground.seen[move.column], before.get_column(move.column), after.get_column(move.column)
        size += old.ne_missing(new).to_numpy()
        if seen.ordered:
            size += np.abs(places_of(new, seen) - places_of(old, seen)) / (len(seen.values) + 1)
    return rows[int(size.argmin())]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A row and its copy, and the means to ask what another copy would do."""

    before: pl.DataFrame
    after: pl.DataFrame
    answers: Answers
    law: Law
    ask: Asker

    def breaking(self, copies: pl.DataFrame) -> Sequence[int]:
        """Which of these copies of the row break the law; none where the model refuses them."""
        try:
            said = self.ask(copies)
        except ModelError:
            return ()
        same = [0] * copies.height
        trial = Trial(self.before[same], copies, self.answers[same], said)
        return np.flatnonzero(self.law.breach(trial) > 0).tolist()

    def changed_to(self, after: pl.DataFrame) -> _Pair:
        return _Pair(self.before, after, self.answers, self.law, self.ask)

    def counterexample(self, columns: tuple[str, ...]) -> Counterexample:
        said = self.ask(self.after)
        trial = Trial(self.before, self.after, self.answers, said)
        sentence = self.law.sentence(trial, 0)
        return Counterexample(self.before, self.after, columns, sentence, (self.answers.shown(0), said.shown(0)))


def _without_needless(pair: _Pair, moved: list[str]) -> tuple[_Pair, list[str]]:
    """Each changed cell by itself: one that is enough stands for all."""
    import polars as pl

    if len(moved) < 2:
        return pair, moved
    alone = pl.concat([pair.before.with_columns(pair.after.get_column(name)) for name in moved])
    enough = pair.breaking(alone)
    return (pair.changed_to(alone[enough[0]]), [moved[enough[0]]]) if enough else (pair, moved)


def _nearer(pair: _Pair, name: str, ground: Ground) -> _Pair:
    """Of the values seen between the row's own and the changed one, the nearest that still breaks the law."""
    import polars as pl

    seen = ground.seen[name]
    old, new = pair.before.get_column(name), pair.after.get_column(name)
    if not seen.ordered or old.null_count() or new.null_count():
        return pair
    start, end = int(places_of(old, seen)[0]), int(places_of(new, seen)[0])
    steps = np.unique(np.linspace(start, end, _MOST_STEPS).round().astype(np.int64))
    steps = steps[np.argsort(np.abs(steps - start), kind="stable")]
    values = seen.values.gather(steps)
    values = values.filter(values != old[0])
    copies = pl.concat([pair.after] * max(len(values), 1)).with_columns(
        values.alias(name) if len(values) else pair.after.get_column(name)
    )
    still = pair.breaking(copies)
    return pair.changed_to(copies[still[0]]) if still else pair


def _same(before: pl.DataFrame, after: pl.DataFrame, name: str) -> bool:
    return bool(before.get_column(name).eq_missing(after.get_column(name)).all())
