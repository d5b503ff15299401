"""The label column: what the task is, which classes there are, and which of them is positive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlgate.errors import DataError, ModelError
from mlgate.tabular.columns import Task
from mlgate.tabular.predictions import PredictionKind, Predictions

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

_MANY_VALUES = 20


def present(label: pl.Series, uri: str) -> pl.Series:
    """The label as it is, once it is known to be there in every row. Raises `DataError`."""
    filled = label.fill_nan(None) if label.dtype.is_float() else label
    missing = filled.null_count()
    if missing:
        first = filled.is_null().arg_true()[0]
        raise DataError(
            f"The label {label.name!r} of {uri} is missing in {missing:,} of {len(label):,} rows, "
            f"the first is row {first:,} (rows count from 0).",
            hint="Rows without a label can't be measured: drop them or label them.",
        )
    return filled


def infer_task(label: pl.Series, candidate: Predictions) -> Task:
    """Numbers for answers, or for labels with more than 20 values, mean regression; two classes are binary.

    Scores are of classes whatever the labels are.
    """
    if candidate.kind is PredictionKind.VALUES:
        return Task.REGRESSION
    if candidate.kind is PredictionKind.SCORES and candidate.classes is not None and len(candidate.classes) > 2:
        return Task.MULTICLASS
    distinct = label.n_unique()
    numeric = label.dtype.is_numeric()
    if candidate.kind is PredictionKind.LABELS and numeric and (distinct > _MANY_VALUES or _fractional(label)):
        return Task.REGRESSION
    return Task.BINARY if distinct <= 2 else Task.MULTICLASS


def _fractional(label: pl.Series) -> bool:
    return label.dtype.is_float() and not bool((label == label.round()).all())


def ordered_classes(
    label: pl.Series, task: Task, positive: object, answers: Sequence[Predictions], uri: str
) -> tuple[object, ...]:
    """The classes in the order of their codes; of two, the positive one is the last.

    The positive class is the one that is named, else the larger in the label's own order: 1, True, "yes".
    Raises `DataError` for a label of one class or a positive that is none of its values, `ModelError` for
    answers of other classes.
    """
    found = _distinct(label)
    if len(found) == 1:
        raise DataError(
            f"The label {label.name!r} of {uri} is {found[0]!r} in every row.",
            hint="Nothing can be told of a model from rows of one class.",
        )
    classes = _in_order({value for answer in answers for value in _answered(answer)} | set(found))
    if task is Task.BINARY:
        _check_two(classes, found, label.name, uri)
        classes = _positive_last(classes, positive, label.name, uri)
    for who, answer in zip(("candidate", "champion"), answers, strict=False):
        _check_known(who, answer, found, label.name)
    return tuple(classes)


def _answered(answer: Predictions) -> Sequence[object]:
    import numpy as np

    if answer.kind is PredictionKind.LABELS:
        import polars as pl

        values = answer.values
        quick = values.dtype.kind in "biu"
        found: list[object] = _distinct(pl.Series(values)) if quick else np.unique(values).tolist()
        return found
    return answer.classes or ()


def _distinct(values: pl.Series) -> list[object]:
    """The values that occur, in order. Of integers that are neighbours the ends say all, which is quickly looked up."""
    if values.dtype.is_integer():
        low, high = values.min(), values.max()
        if isinstance(low, int) and isinstance(high, int) and high - low <= 1:
            return [low, high] if low < high else [low]
    return values.unique().sort().to_list()


def _in_order(values: set[object]) -> list[object]:
    try:
        return sorted(values)  # type: ignore[type-var]
    except TypeError:
        return sorted(values, key=lambda value: (type(value).__name__, str(value)))


def _check_two(classes: list[object], found: list[object], name: str, uri: str) -> None:
    if len(found) > 2:
        raise DataError(
            f"The label {name!r} of {uri} has {len(found)} values, where a binary task has two.",
            hint=f"Its values are {_listed(found)}.",
        )
    if len(classes) > 2:
        strange = [value for value in classes if value not in found]
        raise ModelError(
            f"The model answers with {_listed(strange)}, and the label {name!r} holds {_listed(found)}.",
            hint="Give the label the classes that the model was trained on; text is not a number.",
        )


def _positive_last(classes: list[object], positive: object, name: str, uri: str) -> list[object]:
    if positive is None:
        return classes
    if positive not in classes:
        raise DataError(
            f"The positive class {positive!r} is not a value of the label {name!r} of {uri}.",
            hint=f"Its values are {_listed(classes)}.",
        )
    return sorted(classes, key=lambda value: value == positive)


def _check_known(who: str, answer: Predictions, found: list[object], name: str) -> None:
    if answer.kind is not PredictionKind.SCORES or answer.classes is None or len(answer.classes) == 1:
        return
    unknown = [value for value in found if value not in answer.classes]
    if unknown:
        raise ModelError(
            f"The label {name!r} holds {_listed(unknown)}, for which the {who} has no score.",
            hint=f"The {who} knows the classes {_listed(list(answer.classes))}.",
        )


def _listed(values: Sequence[object]) -> str:
    shown = ", ".join(repr(value) for value in values[:5])
    return f"{shown} and {len(values) - 5} more" if len(values) > 5 else shown


def encode(values: pl.Series, classes: Sequence[object]) -> NDArray[np.intp]:
    """The code of every value; every value is one of `classes`."""
    import numpy as np
    import polars as pl

    if len(classes) == 2:
        return (values == classes[1]).to_numpy().view(np.uint8)
    codes = values.replace_strict(list(classes), range(len(classes)), return_dtype=pl.UInt32)
    return codes.to_numpy()
