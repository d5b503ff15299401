"""Which columns a model is given."""

from __future__ import annotations

import polars as pl
import pytest

from mlgate.errors import ModelError
from mlgate.opening.features import columns_to_hand_over
from mlgate.spec import Feature, FeatureKind
from mlgate.tabular import Columns

SCHEMA: dict[str, pl.DataType] = {
    "age": pl.Int64(),
    "income": pl.Float64(),
    "region": pl.String(),
    "since": pl.Date(),
    "customer": pl.Int64(),
    "weight": pl.Float64(),
    "default": pl.Int64(),
}
COLUMNS = Columns(label="default", entity="customer", weight="weight", slices=(("region",),))


def chosen(*features: Feature) -> tuple[str, ...]:
    return columns_to_hand_over(features, SCHEMA, COLUMNS, "models:/m/1")


def message_of(*features: Feature) -> str:
    with pytest.raises(ModelError) as caught:
        chosen(*features)
    return str(caught.value)


def test_a_model_that_does_not_say_gets_all_but_label_weight_and_entity() -> None:
    """A slice column may be a feature, so it stays."""
    given = columns_to_hand_over(None, SCHEMA, COLUMNS, "m")
    assert given == ("age", "income", "region", "since")


def test_a_model_gets_what_it_reads_in_its_order() -> None:
    """An entity or a weight too, where the model was fitted on it; an optional column only if it is there."""
    features = (Feature("region"), Feature("customer"), Feature("zip", required=False), Feature("age"))
    assert chosen(*features) == ("region", "customer", "age")


def test_no_model_reads_the_label() -> None:
    """Not even one that was fitted on it."""
    assert message_of(Feature("age"), Feature("default")) == (
        "The model models:/m/1 reads the label column 'default', which no model may see. "
        "Train it on the features alone."
    )


def test_missing_columns_are_named_with_the_nearest() -> None:
    """The label is never offered as the nearest."""
    assert message_of(Feature("Income"), Feature("regoin"), Feature("age")) == (
        "The model models:/m/1 reads the columns 'Income', 'regoin', which the table lacks. "
        "Nearest in the table: 'income' for 'Income', 'region' for 'regoin'."
    )
    assert message_of(Feature("defaults")) == (
        "The model models:/m/1 reads the column 'defaults', which the table lacks. "
        "The table has: age, income, region, since, customer, weight."
    )


def test_other_types_than_the_signature_are_named_together() -> None:
    """Column, what was found, what was expected."""
    features = (Feature("age", FeatureKind.TEXT), Feature("income", FeatureKind.INTEGER), Feature("since"))
    assert message_of(*features) == (
        "The table does not fit the signature of the model models:/m/1: "
        "the column 'age' is Int64 and should hold text; the column 'income' is Float64 and should hold whole numbers. "
        "Convert the columns as they were for training, or log the model again with the right signature."
    )


@pytest.mark.parametrize(
    ("dtype", "kinds"),
    [
        (pl.Int32(), {FeatureKind.INTEGER, FeatureKind.NUMBER}),
        (pl.UInt8(), {FeatureKind.INTEGER, FeatureKind.NUMBER}),
        (pl.Float32(), {FeatureKind.NUMBER}),
        (pl.Decimal(10, 2), {FeatureKind.NUMBER}),
        (pl.Boolean(), {FeatureKind.BOOLEAN}),
        (pl.String(), {FeatureKind.TEXT}),
        (pl.Categorical(), {FeatureKind.TEXT}),
        (pl.Enum(["a"]), {FeatureKind.TEXT}),
        (pl.Date(), {FeatureKind.TIME}),
        (pl.Datetime("ns"), {FeatureKind.TIME}),
        (pl.Null(), set(FeatureKind)),
    ],
)
def test_which_types_hold_what(dtype: pl.DataType, kinds: set[FeatureKind]) -> None:
    """A column without any value passes for each: what missing means is the model's to say."""
    for kind in FeatureKind:
        features = [Feature("x", kind)]
        if kind in kinds:
            assert columns_to_hand_over(features, {"x": dtype}, Columns(), "m") == ("x",)
        else:
            with pytest.raises(ModelError):
                columns_to_hand_over(features, {"x": dtype}, Columns(), "m")
