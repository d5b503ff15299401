"""A model's predictions as arrays in the codes of the label, or a sentence about why they can't be."""

from __future__ import annotations

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
_SUM = float(np.sqrt(np.finfo(np.float32).eps))


@dataclass(frozen=True, slots=True)
class Answers:
    """What one model said: `scores` of the positive class (n,) or per class (n, k), `labels` as codes, or `values`.

    What was not given is None; `who` names the model in errors; `doubt` says why its scores are no probabilities.
    """

    who: str
    scores: Numbers | None = None
    labels: NDArray[Any] | None = None
    values: Numbers | None = None
    doubt: str | None = None

    def part(self, index: NDArray[np.intp] | slice) -> Answers:
        """The answers for some of the rows."""
        return Answers(
            self.who,
            None if self.scores is None else self.scores[index],
            None if self.labels is None else self.labels[index],
            None if self.values is None else self.values[index],
            self.doubt,
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
        """Scores that are probabilities.

        Raises `CheckError` where there are none, or numbers beyond 0 to 1, which may be meant to be ranked, and
        `ModelError` where they don't add up, which is never meant.
        """
        scores = self.needed_scores(metric)
        if self.doubt is None:
            return scores
        said = f"Probabilities are needed here, and {self.doubt}."
        if scores.min() < 0 or scores.max() > 1:
            raise CheckError(said, hint="Scores of another kind can be ranked (roc_auc, average_precision), not read.")
        raise ModelError(said, hint="The scores of a row must add up to 1: mend what the model serves.")


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
    return Answers(who, scores=scores, doubt=_doubt(who, given.values))


def _doubt(who: str, scores: Numbers) -> str | None:
    """Why scores, shape (rows, classes), are no probabilities; None where they are, or one class is all that is told.

    Sums may be off by as much as scikit-learn lets them in 32-bit floats (`sklearn.metrics.log_loss`, 1.7).
    """
    if scores.min() < 0 or scores.max() > 1:
        wrong: NDArray[np.bool_] = np.any((scores < 0) | (scores > 1), axis=1)
        first = int(wrong.argmax())
        score = next(score for score in scores[first].tolist() if not 0 <= score <= 1)
        return f"the {who} gives row {first:,} a score of {score:.6g}, outside 0 to 1 ({_counted(wrong)})"
    if scores.shape[1] == 1:
        return None
    sums = scores @ np.ones(scores.shape[1])
    wrong = np.abs(sums - 1) > _SUM
    if not wrong.any():
        return None
    first = int(wrong.argmax())
    return f"the scores that the {who} gives row {first:,} add up to {sums[first]:.6g}, not to 1 ({_counted(wrong)})"


def _counted(wrong: NDArray[np.bool_]) -> str:
    return f"{int(wrong.sum()):,} of {len(wrong):,} rows; rows count from 0"


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
