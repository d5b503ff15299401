"""`data.feature_against_model`: a feature that does nearly all of the model's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate import CheckError, Estimate, Finding, Json, Measurement, NotApplicable, Scale, Severity, Spread
from mlgate.tabular import Predictions, Task
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps
from mlgate_data.leakage import POISONED
from mlgate_data.leakage.coding import Coded, Numbers, coded
from mlgate_data.leakage.joining import joined
from mlgate_data.leakage.labels import Lesson, features, lesson, wanted
from mlgate_data.leakage.sampling import kept
from mlgate_data.leakage.telling import Values, tell

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

_LEVEL = 0.95
_NEARLY_ALL = 0.9
"""The share of the model's gain that a leak reaches alone."""
_NEARLY_PERFECT = 0.8
"""And how far from a constant answer to a perfect one it goes: strong honest features stay below."""
_METRICS = {Task.BINARY: "roc_auc", Task.MULTICLASS: "roc_auc_ovr", Task.REGRESSION: "mae"}


@data_check(
    "data.feature_against_model",
    better="lower",
    default={"at_most": {"value": 0.9, "level": "warn"}, "no_findings": True},
    voids=POISONED,
)
def feature_against_model(
    data: Data,
    scored_test: ScoredTable | None = None,
    candidate: object | None = None,
    *,
    ignore: tuple[str, ...] = (),
) -> Steps:
    """How much of the model's gain over a constant answer its most telling feature reaches alone.

    The feature that goes farthest in train (as `data.feature_leakage` judges it) answers the test rows from what its
    values or bins were worth in train, and is compared with the model on the same rows: by ROC AUC for classes, by the
    mean absolute error for numbers. 0 is a constant answer, 1 is as good as the model. The interval is that of the
    paired difference, as a share of the model's gain.

    A leak that is noisy stays below the bound of `data.feature_leakage`, and shows here. So does an honest feature
    beside a poor model, or where one number rules (a credit score): by default a share shown to be above 0.9 is a
    warning. It is a finding, which blocks and voids what was measured on these rows, where the feature is also shown to
    go more than 0.8 of the way to perfect answers by itself, as `data.feature_leakage` has it (of two normal classes an
    AUC of 0.965). Then no poor model makes the share, and hardly an honest feature. `ignore` leaves out columns.

    ## What to do
    Ask when the feature is written: before the moment at which the model answers, or after it? If it is honest, ask
    whether the model is worth more than a table of this one column.
    """
    if scored_test is None:
        raise NotApplicable("there is no model to compare with.", hint="Name it with --model or under [candidate].")
    samples = wanted(data)
    yield samples
    known = lesson(data, samples)
    names = features(data, samples, candidate, ignore)
    if not names:
        raise NotApplicable("the two tables have no feature in common.")
    best = max(names, key=lambda name: tell(known.labels, coded(*known.columns(name))).train)
    both = scored_test.versus(_answers(best, known, scored_test, data.columns.label or ""))
    metric = _METRICS[scored_test.task]
    try:
        model, beside = both.metric(metric).value, both.compare(metric)
    except CheckError as why:  # a model that answers with classes alone has no ranking
        raise NotApplicable(str(why)) from None
    alone, base = beside.champion.value, _base(known, scored_test, data.columns.label or "")
    if model == base or (model < base) is not (scored_test.task is Task.REGRESSION):
        raise NotApplicable("the model is no better than a constant answer.")
    error = _error(beside.difference) / abs(model - base)
    share = Estimate((alone - base) / (model - base), both.rows, Spread("paired-share", error))
    return Measurement(
        share,
        findings=_leaking(best, share, joined(known.labels, coded(*known.columns(best)))),
        notes=(f"{best!r} alone has {metric} {alone:.4g}, the model {model:.4g}.",),
        data={"feature": best, "metric": metric},
    )


def _leaking(name: str, share: Estimate, alone: Estimate) -> tuple[Finding, ...]:
    """A finding where the feature does the model's work and is near to perfect itself, both beyond chance."""
    if share.interval(_LEVEL).low <= _NEARLY_ALL or alone.interval(_LEVEL).low <= _NEARLY_PERFECT:
        return ()
    message = f"{name!r} alone reaches {share.value:.2f} of the model's gain and {alone.value:.2f} of a perfect answer."
    facts: dict[str, Json] = {"column": name, "share": round(share.value, 6), "told": round(alone.value, 6)}
    return (Finding(message, Severity.HIGH, data=facts),)


def _answers(name: str, known: Lesson, scored: ScoredTable, label: str) -> Predictions:
    """What the feature answers to every test row, from its training rows."""
    rows = scored.table.collect([name]).select(kept(name, scored.table.schema)).to_series().alias("values")
    column = coded(known.train.column(name), rows)
    if scored.task is Task.REGRESSION:
        return Predictions.numbers(Values(_numbers(known, label), np.zeros(len(rows))).answers(column)[1])
    return Predictions.scores(_shares(column, known, scored, label), scored.classes)


def _shares(column: Coded, known: Lesson, scored: ScoredTable, label: str) -> Numbers:
    """The share of each class among the training rows with the same code; that of all rows where there are none."""
    places = {value: place for place, value in enumerate(scored.classes)}
    codes = np.array([places.get(value, -1) for value in known.train.column(label).to_list()])
    seen = codes >= 0
    table = np.zeros((column.levels, len(places)))
    np.add.at(table, (column.train[seen], codes[seen]), 1.0)
    table += table.sum(axis=0) / max(1.0, table.sum())
    shares: Numbers = (table / table.sum(axis=1, keepdims=True))[column.test]
    return shares


def _base(known: Lesson, scored: ScoredTable, label: str) -> float:
    if scored.task is Task.REGRESSION:
        return float(np.mean(np.abs(scored.labels() - np.median(_numbers(known, label)))))
    return 0.5


def _numbers(known: Lesson, label: str) -> Numbers:
    """The training labels as numbers, where the model's task is one: a lesson takes few whole numbers for classes."""
    values: Numbers = known.train.column(label).cast(float).to_numpy()
    return values


def _error(difference: Estimate) -> float:
    """The standard error of the paired difference; that of its interval where it is drawn on another scale."""
    spread = difference.spread
    if spread is None:
        return 0.0
    return spread.se if spread.scale is Scale.IDENTITY else difference.interval(0.95).half_width / 1.959964
