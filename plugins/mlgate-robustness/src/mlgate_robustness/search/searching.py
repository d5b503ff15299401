"""Looks for a change that breaks a law: every example of Hypothesis is one change made to all rows at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from mlgate import ModelError, doing
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.law import Law, Trial
from mlgate_robustness.search.moves import Recipe, changed, differs
from mlgate_robustness.search.recipes import opening_moves, recipes

if TYPE_CHECKING:
    import polars as pl

    from mlgate_robustness.search.answers import Answers
    from mlgate_robustness.search.seen import Seen

_MOST_SHRINKS = 150


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a search starts: real rows, the columns that may change, what they were seen to hold."""

    rows: pl.DataFrame
    columns: tuple[str, ...]
    seen: Mapping[str, Seen]
    most_cells: int = 2


@dataclass(frozen=True, slots=True)
class Broken:
    """A change that broke the law on some rows. `refusal` is the model's own word where it raised on one of them."""

    recipe: Recipe
    trial: Trial | None
    rows: tuple[int, ...]
    refusal: str | None = None
    after: pl.DataFrame | None = None


@contextmanager
def _home_of_its_own() -> Iterator[None]:
    """Hypothesis keeps what it reads of modules in a folder: here one that goes away, not `.hypothesis`."""
    from hypothesis import configuration

    before = getattr(configuration, "__hypothesis_home_directory", None)
    with TemporaryDirectory(prefix="mlgate-", ignore_cleanup_errors=True) as home:
        configuration.set_hypothesis_home_dir(home)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)


class _Found(Exception):
    """Tells Hypothesis that this example breaks the law."""


class Search:
    """One search of one law. The same ground, law and seed find the same."""

    def __init__(self, ground: Ground, law: Law, ask: Asker, answers: Answers) -> None:
        """`answers` are those to the rows of `ground` as they are."""
        self._ground = ground
        self._law = law
        self._ask = ask
        self._answers = answers
        self._best: Broken | None = None
        self._shrinks = 0

    def run(self, *, examples: int, seed: int) -> Broken | None:
        """The simplest change found that breaks the law, or None: first each column by itself, then what is drawn."""
        standing = self._standing()
        if standing is not None:
            return standing
        for recipe in opening_moves(self._ground.seen, self._ground.columns):
            broken = self.tried(recipe)
            if broken is not None:
                return broken
        return self._drawn(examples, seed)

    def _standing(self) -> Broken | None:
        """Real rows that break the law as they are."""
        rows = self._ground.rows
        trial = Trial(rows, rows, self._answers, self._answers)
        broken = np.flatnonzero(self._law.breach(trial) > 0)
        return Broken((), trial, tuple(broken.tolist())) if len(broken) else None

    def tried(self, recipe: Recipe) -> Broken | None:
        """What this change breaks, made to every row."""
        ground = self._ground
        after = changed(ground.rows, recipe, ground.seen)
        apart = differs(ground.rows, after, [move.column for move in recipe])
        if not apart.any():
            return None
        with doing(f"a change of {' and '.join(move.column for move in recipe)}"):
            try:
                answers = self._ask(after)
            except ModelError as error:
                return self._refused(recipe, after, error)
        trial = Trial(ground.rows, after, self._answers, answers)
        rows = np.flatnonzero(apart & (self._law.breach(trial) > 0))
        return Broken(recipe, trial, tuple(rows.tolist())) if len(rows) else None

    def _refused(self, recipe: Recipe, after: pl.DataFrame, error: ModelError) -> Broken:
        found = self._ask.refused(after)
        row, said = found if found is not None else (0, error)
        return Broken(recipe, None, (row,), said.message, after)

    def _drawn(self, examples: int, seed: int) -> Broken | None:
        from hypothesis import HealthCheck, Phase, Verbosity, given, settings
        from hypothesis import seed as seeded
        from hypothesis.errors import Flaky

        ground = self._ground

        @seeded(seed)
        @settings(
            max_examples=examples,
            deadline=None,  # a busy machine must not find what a quiet one does not
            database=None,  # cases are kept as rows, which outlive a change of the strategy
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
            print_blob=False,
        )
        @given(recipes(ground.seen, ground.columns, ground.most_cells))
        def holds(recipe: Recipe) -> None:
            self._example(recipe)

        with _home_of_its_own(), suppress(_Found, Flaky):
            holds()
        return self._best

    def _example(self, recipe: Recipe) -> None:
        """Keeps the last that broke: what Hypothesis shrinks to. After enough tries nothing simpler is looked for."""
        if self._best is not None:
            self._shrinks += 1
            if self._shrinks > _MOST_SHRINKS and recipe != self._best.recipe:
                return
        broken = self.tried(recipe)
        if broken is not None:
            if self._best is None or _size(broken.recipe) <= _size(self._best.recipe):
                self._best = broken
            raise _Found


def _size(recipe: Sequence[object]) -> int:
    return len(recipe)
