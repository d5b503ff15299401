"""One property check from beginning to end: kept cases first, then the search, then the smallest change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError, Finding, Measurement, ModelError, NotApplicable, OptionGroup, Part, doing
from mlgate_robustness.search.asking import Asker, Predict
from mlgate_robustness.search.cases import Cases
from mlgate_robustness.search.grounds import ground
from mlgate_robustness.search.law import Law, Trial
from mlgate_robustness.search.noise import REPEATS, margin
from mlgate_robustness.search.perturbed import Change, perturbed
from mlgate_robustness.search.searching import Ground, Search
from mlgate_robustness.search.shares import share
from mlgate_robustness.search.showing import finding
from mlgate_robustness.search.smallest import Counterexample, smallest

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.answers import Answers


@dataclass(frozen=True, slots=True)
class Effort(OptionGroup):
    """`trials` changes of at most `most_rows` rows each are drawn from `seed`, after the usual ones of every column.
    `schema = "schemas.py:Credit"` names a pandera schema, whose bounds and categories are tried as well.

    With `stochastic = true` every answer is the mean of 20, and a row breaks the rule where it does by more than eight
    standard errors of its own two means; the share of rows that do stands beside (`rows_beyond_noise`, Wilson's
    interval).
    """

    trials: int = 100
    most_rows: int = 500
    schema: str = ""
    seed: int = 0
    stochastic: bool = False


@dataclass(frozen=True, slots=True)
class Property:
    """What must hold, and what a search may change to break it: `may_change` are columns, all features by default.

    `fits` refuses a ground on which the property makes no sense, or narrows it. A pandera `schema` says what columns
    may hold. With `change`, a function makes the changed rows instead.
    """

    law: Law
    may_change: tuple[str, ...] = ()
    fits: Callable[[Ground], Ground] | None = None
    schema: object | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a check is given: the tables, the model, where its cases are kept, and the pandera schema it names.

    `schema` is as `schemas.py:Credit`, in `folder`.
    """

    test: Table
    train: Table | None
    columns: Columns
    predict: Predict
    examples: Path | None = None
    folder: Path | None = None
    schema: str = ""

    def ground(self, most_rows: int, may_change: tuple[str, ...] = (), schema: object | None = None) -> Ground:
        """The rows to start from. Raises `CheckError` for a column that the model does not read, and for no schema."""
        from mlgate.tabular import load_schema

        named = load_schema(self.schema, self.folder or Path.cwd()) if self.schema else schema
        return ground(
            self.test,
            self.train,
            self.columns,
            self.predict,
            most_rows=most_rows,
            may_change=may_change,
            schema=named,
        )

    def asker(self, *, stochastic: bool) -> Asker:
        """Asks the model once, or as often as it takes to know a stochastic one's mean."""
        return Asker(self.predict, self.test.uri, repeats=REPEATS if stochastic else 1)


def prove(check: str, property: Property, scene: Scene, effort: Effort) -> Measurement:
    """A measurement with one finding where a change breaks the law, and none where no change was found.

    Raises `NotApplicable` where no column can change, `CheckError` where the model answers the same rows differently
    and nobody said that it does, `ModelError` where it refuses the real rows.
    """
    start = scene.ground(effort.most_rows, property.may_change, property.schema)
    start = start if property.fits is None else property.fits(start)
    if not start.columns:
        raise NotApplicable("there is no column that a search could change.")
    ask = scene.asker(stochastic=effort.stochastic)
    answers = ask(start.rows)
    if not effort.stochastic:
        _refuse_noise(ask, start, answers)
    law = _Patient(property.law) if effort.stochastic else property.law
    cases = Cases(scene.examples, check, scene.columns.sensitive) if scene.examples else None
    notes: list[str] = []
    found = _replayed(cases, law, start, ask) if cases else None
    if found is None:
        found = _searched(start, law, ask, answers, effort=effort, change=property.change)
        if found is not None and cases is not None:
            notes.append(_kept(cases, found))
    elif cases is not None:
        notes.append(f"The case was found by an earlier run and kept in {cases.path}.")
    findings = (finding(check, found, scene.columns.sensitive),) if found is not None else ()
    notes.append(f"{ask.rows:,} rows were asked about in {ask.calls:,} calls (seed {effort.seed}).")
    told = measured(findings, ask, effort, tuple(notes))
    return _with_share(told, found, start.rows.height) if effort.stochastic else told


def _with_share(told: Measurement, found: Counterexample | None, rows: int) -> Measurement:
    """The share of rows that break the law by more than their noise, with Wilson's interval: 0 where none was found."""
    if found is not None and found.broken is None:
        return told  # a kept case, which is one row
    broken = found.broken if found is not None and found.broken is not None else np.zeros(rows, dtype=np.bool_)
    estimate = share(broken)
    interval = estimate.interval(0.95)
    note = (
        f"By more than the noise of {REPEATS} answers, {int(broken.sum()):,} of {len(broken):,} rows break it: "
        f"{estimate.value:.1%}, 95% interval {interval.low:.1%} to {interval.high:.1%} (Wilson)."
    )
    return replace(told, parts=(Part("rows_beyond_noise", estimate),), notes=(note, *told.notes))


def _searched(
    start: Ground, law: Law, ask: Asker, answers: Answers, *, effort: Effort, change: Change | None
) -> Counterexample | None:
    if change is not None:
        return perturbed(start, law, ask, answers, change=change, trials=effort.trials, seed=effort.seed)
    with doing("the search"):
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

    def breach(self, trial: Trial) -> NDArray[np.float64]:
        return np.asarray(self.law.breach(trial) - margin(trial.changed, trial.answers))

    def sentence(self, trial: Trial, row: int) -> str:
        return self.law.sentence(trial, row)


def _refuse_noise(ask: Asker, start: Ground, answers: Answers) -> None:
    if np.any(ask(start.rows).moved(answers) > 1e-9):
        raise CheckError(
            "the model answers the same rows differently from call to call, so a change can't be told from chance.",
            hint="Fix its seed; or, if it is meant to be so, say `stochastic = true`.",
        )


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
