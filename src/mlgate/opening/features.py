"""Which columns a model is given, and whether the table has them as the model wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mlgate.errors import ModelError
from mlgate.opening.describing import nearest
from mlgate.rules.numbers import some
from mlgate.spec import Feature, FeatureKind

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Columns


def columns_to_hand_over(
    features: Sequence[Feature] | None, schema: Mapping[str, pl.DataType], columns: Columns, uri: str
) -> tuple[str, ...]:
    """The columns that the model `uri` is given, in its order. The label is never among them.

    Raises `ModelError` where one is missing or holds what the model does not take.
    """
    if features is None:
        withheld = {columns.label, columns.weight, columns.entity}
        return tuple(name for name in schema if name not in withheld)
    _refuse_label(features, columns.label, uri)
    _refuse_missing([each.name for each in features if each.required and each.name not in schema], schema, columns, uri)
    present = [each for each in features if each.name in schema]
    _refuse_other_types(present, schema, uri)
    if not present:
        raise ModelError(
            f"The model {uri} says that it reads no column of the table.", hint="Its features must name what it reads."
        )
    return tuple(each.name for each in present)


def _refuse_label(features: Sequence[Feature], label: str | None, uri: str) -> None:
    if label is not None and any(each.name == label for each in features):
        raise ModelError(
            f"The model {uri} reads the label column {label!r}, which no model may see.",
            hint="Train it on the features alone.",
        )


def _refuse_missing(missing: list[str], schema: Mapping[str, pl.DataType], columns: Columns, uri: str) -> None:
    if not missing:
        return
    known = [name for name in schema if name != columns.label]
    near = [(name, nearest(name, known)) for name in missing]
    guesses = [f"{found!r} for {name!r}" for name, found in near if found is not None]
    noun = "column" if len(missing) == 1 else "columns"
    names = some([repr(name) for name in missing])
    raise ModelError(
        f"The model {uri} reads the {noun} {names}, which the table lacks.",
        hint=f"Nearest in the table: {some(guesses)}." if guesses else f"The table has: {some(known)}.",
    )


def _refuse_other_types(features: Sequence[Feature], schema: Mapping[str, pl.DataType], uri: str) -> None:
    wrong = [
        f"the column {each.name!r} is {schema[each.name]} and should hold {each.kind}"
        for each in features
        if each.kind is not None and not _holds(schema[each.name], each.kind)
    ]
    if wrong:
        raise ModelError(
            f"The table does not fit the signature of the model {uri}: {'; '.join(wrong[:8])}.",
            hint="Convert the columns as they were for training, or log the model again with the right signature.",
        )


def _holds(dtype: pl.DataType, kind: FeatureKind) -> bool:
    import polars as pl

    if dtype == pl.Null:  # no value at all: the model says what it does with missing ones
        return True
    match kind:
        case FeatureKind.INTEGER:
            return dtype.is_integer()
        case FeatureKind.NUMBER:
            return dtype.is_numeric()
        case FeatureKind.BOOLEAN:
            return dtype == pl.Boolean
        case FeatureKind.TEXT:
            return dtype in (pl.String, pl.Categorical, pl.Enum)
        case FeatureKind.TIME:
            return dtype in (pl.Date, pl.Datetime)
