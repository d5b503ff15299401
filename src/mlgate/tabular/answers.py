"""A model's predictions as arrays in the codes of the label, or a sentence about why they can't be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import CheckError, ModelError
from mlgate.tabular.columns import Task
from mlgate.tabular.predictions import PredictionKind, Predictions

if TYPE_CHECKING:
    from collections.abc import Mapping

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """What one model said: `scores` of the positive class (n,) or per class (n, k), `labels` as codes, or `values`.

    What was not given is None; `who` names the model in errors; no score lies outside `low` to `high`.
    """

    who: str
    scores: Numbers | None = None
    labels: NDArray[Any] | None = None
    values: Numbers | None = None
    low: float = -math.inf
    high: float = math.inf

    def part(self, index: NDArray[np.intp] | slice) -> Answers:
        """The answers for some of the rows."""
        return Answers(
            self.who,
            None if self.scores is None else self.scores[index],
            None if self.labels is None else self.labels[index],
            None if self.values is None else self.values[index],
            self.low,
            self.high,
        )

    def needed_scores(self, metric: str) -> Numbers:
        """Raises `CheckError` where the model gave labels alone."""
        if self.scores is None:
            raise CheckError(
                f"{metric} needs scores, and the {self.who} gives labels alone.",
                hint="Serve its probabilities (predict_proba), or ask for a metric of labels, such as accuracy.",
            )
        return self.scores

    def probabilities(self, metric: str) -> Numbers:
        """Scores that are probabilities. Raises `CheckError` where they are not."""
        scores = self.needed_scores(metric)
        proper = self.low >= 0 and self.high <= 1
        outside = 0 if proper else int(((scores < 0) | (scores > 1)).sum())
        if outside:
            raise CheckError(
                f"{metric} needs probabilities, and {outside} scores of the {self.who} lie outside 0 to 1.",
                hint="Scores of another kind can be ranked (roc_auc, average_precision), not weighed.",
            )
        if scores.ndim == 2 and np.abs(scores.sum(axis=1) - 1).max() > 1e-4:
            raise CheckError(f"{metric} needs probabilities, and scores of the {self.who} do not add up to 1 in a row.")
        return scores


def answers_of(
    who: str, given: Predictions, *, rows: int, task: Task, classes: Sequence[object], label_name: str
) -> Answers:
    """Check and encode. Raises `ModelError`: wrong number of rows, NaN or infinite, another kind than the task's."""
    if given.rows != rows:
        raise ModelError(
            f"The {who} gave {given.rows} predictions for {rows} rows.",
            hint="A model must answer every row once, in order.",
        )
    if task is Task.REGRESSION:
        return Answers(who, values=_numbers(who, given))
    if given.kind is PredictionKind.VALUES:
        raise ModelError(f"The {who} answers with numbers, and {label_name!r} has the classes of a {task} task.")
    if given.kind is PredictionKind.LABELS:
        return Answers(who, labels=_codes(who, given.values, classes, label_name))
    _check_finite(who, given.values)
    scores = _positive_scores(given, classes) if task is Task.BINARY else _class_scores(given, classes)
    return Answers(who, scores=scores, low=float(scores.min()), high=float(scores.max()))


def _numbers(who: str, given: Predictions) -> Numbers:
    if given.kind is PredictionKind.SCORES:
        raise ModelError(f"The {who} answers with scores of classes, and the task is regression.")
    try:
        values = np.asarray(given.values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ModelError(f"The {who} answers with {given.values.dtype}, and the task is regression.") from None
    _check_finite(who, values)
    return values


def _check_finite(who: str, values: NDArray[Any]) -> None:
    if np.isfinite(values).all():
        return
    bad = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))
    first = ", ".join(f"{row:,}" for row in bad[:3])
    raise ModelError(
        f"The {who} predicts NaN or infinity in {len(bad):,} of {len(values):,} rows: row {first} (rows count from 0).",
        hint="Look at these rows' features: missing values or values far from the training data are the usual cause.",
    )


def _codes(who: str, values: NDArray[Any], classes: Sequence[object], label_name: str) -> NDArray[Any]:
    kind = np.uint8 if len(classes) <= 256 else np.uint32
    if len(classes) == 2 and values.dtype.kind in "biu":  # spares sorting
        positive: NDArray[Any] = values == classes[1]
        if (positive | (values == classes[0])).all():
            return positive.view(np.uint8)
    found, codes = np.unique(values, return_inverse=True)
    positions = {value: code for code, value in enumerate(classes)}
    places: Mapping[object, int] = positions
    unknown = [value for value in found.tolist() if value not in places]
    if unknown:
        raise ModelError(f"The {who} answers {unknown[0]!r}, which is not a class of the label {label_name!r}.")
    mapped = np.array([places[value] for value in found.tolist()])
    return mapped[codes].astype(kind)


def _positive_scores(given: Predictions, classes: Sequence[object]) -> Numbers:
    known = given.classes or ()
    if classes[1] in known:
        return np.ascontiguousarray(given.values[:, known.index(classes[1])])
    return 1 - given.values[:, 0]


def _class_scores(given: Predictions, classes: Sequence[object]) -> Numbers:
    """Columns in the order of `classes`; a class that the model does not know never happens."""
    known = given.classes or ()
    if tuple(known) == tuple(classes):
        return np.asarray(given.values, dtype=np.float64)
    columns = [given.values[:, known.index(value)] if value in known else np.zeros(given.rows) for value in classes]
    return np.stack(columns, axis=1)
