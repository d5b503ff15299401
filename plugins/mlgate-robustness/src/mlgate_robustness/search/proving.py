"""One property check from beginning to end: kept cases first, then the search, then the smallest change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlgate import CheckError, Finding, Measurement, ModelError, NotApplicable
from mlgate_robustness.search.asking import Asker, Predict
from mlgate_robustness.search.cases import Cases
from mlgate_robustness.search.grounds import ground
from mlgate_robustness.search.law import Law, Trial
from mlgate_robustness.search.perturbed import Change, perturbed
from mlgate_robustness.search.searching import Ground, Search
from mlgate_robustness.search.showing import finding
from mlgate_robustness.search.smallest import Counterexample, smallest

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.answers import Answers

REPEATS = 20
_NOISE = 6.0


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a search tries: `trials` changes of at most `most_rows` rows each, drawn from `seed`."""

    trials: int
    most_rows: int
    seed: int
    stochastic: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What a property check is given: the tables, the model, and where its cases are kept."""

    test: Table
    train: Table | None
    columns: Columns
    predict: Predict
    examples: Path | None

    def ground(self, effort: Effort, may_change: tuple[str, ...] = ()) -> Ground:
        """The rows that the search starts from. Raises `CheckError` for a column that the model does not read."""
        return ground(
            self.test, self.train, self.columns, self.predict, most_rows=effort.most_rows, may_change=may_change
        )


def prove(
    check: str, law: Law, scene: Scene, start: Ground, effort: Effort, *, change: Change | None = None
) -> Measurement:
    """A measurement with one finding where a change breaks the law, and none where no change was found.

    Changes are drawn from what columns were seen to hold, or are made by the function `change`.

    Raises `NotApplicable` where no column can change, `CheckError` where the model answers the same rows differently
    and nobody said that it does, `ModelError` where it refuses the real rows.
    """
    if not start.columns:
        raise NotApplicable("there is no column that a search could change.")
    repeats = REPEATS if effort.stochastic else 1
    ask = Asker(scene.predict, scene.test.uri, repeats=repeats)
    answers = ask(start.rows)
    law = _Patient(law, _noise(ask, start, answers, stochastic=effort.stochastic))
    cases = Cases(scene.examples, check, scene.columns.sensitive) if scene.examples else None
    notes: list[str] = []
    found = _replayed(cases, law, start, ask) if cases else None
    if found is None:
        found = _searched(start, law, ask, answers, effort=effort, change=change)
        if found is not None and cases is not None:
            notes.append(_kept(cases, found))
    elif cases is not None:
        notes.append(f"The case was found by an earlier run and kept in {cases.path}.")
    findings = (finding(check, found, scene.columns.sensitive),) if found is not None else ()
    notes.append(f"{ask.rows:,} rows were asked about in {ask.calls:,} calls (seed {effort.seed}).")
    return measured(findings, ask, effort, tuple(notes))


def _searched(
    start: Ground, law: Law, ask: Asker, answers: Answers, *, effort: Effort, change: Change | None
) -> Counterexample | None:
    if change is not None:
        return perturbed(start, law, ask, answers, change=change, trials=effort.trials, seed=effort.seed)
    broken = Search(start, law, ask, answers).run(examples=effort.trials, seed=effort.seed)
    return smallest(broken, start, law, ask) if broken is not None else None


def measured(findings: tuple[Finding, ...], ask: Asker, effort: Effort, notes: tuple[str, ...]) -> Measurement:
    """The findings as a measurement, with what the search cost."""
    return Measurement(
        Measurement.exact(len(findings), n=max(ask.rows, 1)).estimate,
        unit="findings",
        findings=findings,
        notes=notes,
        data={"seed": effort.seed, "rows_asked": ask.rows, "predict_calls": ask.calls},
    )


@dataclass(frozen=True, slots=True)
class _Patient:
    """A law that allows for the noise of a model that is stochastic by design."""

    law: Law
    noise: float

    def breach(self, trial: Trial) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.asarray(self.law.breach(trial) - self.noise)

    def sentence(self, trial: Trial, row: int) -> str:
        return self.law.sentence(trial, row)


def _noise(ask: Asker, start: Ground, answers: Answers, *, stochastic: bool) -> float:
    """How far two means of the same rows can be apart: six standard errors of what was seen on the real rows.

    Over 50,000 differences of normal noise, six standard errors are passed by chance in one search of 10,000.
    """
    if not stochastic:
        if np.any(ask(start.rows).moved(answers) > 1e-9):
            raise CheckError(
                "the model answers the same rows differently from call to call, so a change can't be told from chance.",
                hint="Fix its seed; or, if it is meant to be so, say `stochastic = true`.",
            )
        return 0.0
    apart = np.concatenate([ask(start.rows).moved(answers) for _ in range(3)])
    return float(_NOISE * np.sqrt(np.mean(np.square(apart))))


def _replayed(cases: Cases, law: Law, start: Ground, ask: Asker) -> Counterexample | None:
    for before, after, columns in cases.read(start):
        found = _still(before, after, columns, law, ask)
        if found is not None:
            return found
    return None


def _still(
    before: pl.DataFrame, after: pl.DataFrame, columns: tuple[str, ...], law: Law, ask: Asker
) -> Counterexample | None:
    answers = ask(before)
    try:
        said = ask(after)
    except ModelError as error:
        return Counterexample(before, after, columns, f"the model refuses the row: {error.message}")
    trial = Trial(before, after, answers, said)
    if law.breach(trial)[0] <= 0:
        return None
    return Counterexample(before, after, columns, law.sentence(trial, 0), (answers.shown(0), said.shown(0)))


def _kept(cases: Cases, found: Counterexample) -> str:
    if cases.keep(found):
        return f"The case is kept in {cases.path}: later runs try it first. It can be committed."
    return "The case is not kept: its change is of a sensitive column, whose values are never written down."
