"""What a model handed back, as predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlgate.errors import ModelError
from mlgate.tabular import Predictions


def scores_of(output: Any, classes: Sequence[object]) -> Predictions:
    """Scores per class, from what `predict_proba` gave."""
    import numpy as np

    if isinstance(output, list) and output and np.ndim(output[0]) > 1:  # scikit-learn's, an array for each label
        raise ModelError(
            f"The model predicts {len(output)} labels at once, and a gate judges one.",
            hint="Wrap it so that it gives the scores of one label.",
        )
    return Predictions.scores(_array(output), tuple(classes))


def predictions_of(output: Any, classes: Sequence[object] | None = None) -> Predictions:
    """What a function or `predict` gave: its type and shape say what it is.

    Rows by classes are scores; one number with decimals per row is a value (or the score of the positive class, which
    the label decides); one whole number, text or boolean per row is a label.
    """
    if isinstance(output, Predictions):
        return output
    array = _array(output)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2:
        return _scores(array, classes)
    if array.dtype.kind == "f":
        return Predictions.numbers(array)
    if array.dtype.kind in "biuUO":
        return Predictions.labels(array)
    raise ModelError(f"The model gave predictions of type {array.dtype}, which are no scores, labels or numbers.")


def _scores(array: Any, classes: Sequence[object] | None) -> Predictions:
    if array.dtype.kind not in "fiub":
        raise ModelError(f"The model gave {array.shape[1]} columns of type {array.dtype} per row, which are no scores.")
    if classes is None:
        raise ModelError(
            f"The model gave {array.shape[1]} scores per row and does not say of which classes.",
            hint="Give it an attribute `classes_` with the labels in the order of the columns.",
        )
    return Predictions.scores(array, tuple(classes))


def _array(output: Any) -> Any:
    import numpy as np

    if output is None:
        raise ModelError("The model gave nothing back for its rows.")
    if hasattr(output, "to_numpy"):
        output = output.to_numpy()
    try:
        array = np.asarray(output)
    except ValueError:
        raise ModelError("The model gave more predictions for some rows than for others.") from None
    if array.ndim not in (1, 2):
        raise ModelError(f"The model gave predictions of {array.ndim} dimensions, where one or two are expected.")
    return array
