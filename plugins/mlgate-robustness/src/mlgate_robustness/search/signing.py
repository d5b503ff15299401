"""What a model's signature allows a column to hold, beyond what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Feature, FeatureKind
from mlgate_robustness.search.searching import Ground
from mlgate_robustness.search.seen import MOST_STEPS, Seen

if TYPE_CHECKING:
    import polars as pl


def signed(features: Iterable[Feature], ground: Ground) -> Ground:
    """`ground` with what the signature says of its columns.

    A boolean is true or false, whatever was seen. Whole numbers may be any between the least and the largest one seen,
    where those are at most 512. A column of whole numbers that the model reads as numbers may hold halves: its rows
    become floats. An optional column may be null.
    """
    for feature in features:
        if feature.name in ground.seen and feature.name in ground.rows.columns:
            ground = _signed(feature, ground)
    return ground


def _signed(feature: Feature, ground: Ground) -> Ground:
    held, rows = ground.seen[feature.name], ground.rows
    dtype = rows.schema[feature.name]
    if feature.kind is FeatureKind.BOOLEAN and _is_boolean(dtype):
        held = replace(held, values=_series(feature.name, [False, True], dtype))
    elif feature.kind is FeatureKind.INTEGER and dtype.is_integer():
        held = replace(held, values=_whole(held))
    elif feature.kind is FeatureKind.NUMBER and dtype.is_integer():
        held, rows = replace(held, values=_halves(held)), _as_floats(rows, feature.name)
    held = replace(held, nulls=held.nulls or not feature.required)
    return replace(ground, rows=rows, seen={**ground.seen, feature.name: held})


def _whole(held: Seen) -> pl.Series:
    """Every whole number within the range that was seen, where they are few."""
    low, high = int(held.values[0]), int(held.values[-1])
    if high - low >= MOST_STEPS:
        return held.values
    return _series(held.values.name, list(range(low, high + 1)), held.values.dtype)


def _halves(held: Seen) -> pl.Series:
    """The values and what lies in the middle between each two, as floats."""
    import polars as pl

    own = held.numbers[:: 2 if len(held.values) > MOST_STEPS // 2 else 1]
    return _series(held.values.name, np.sort(np.concatenate([own, (own[1:] + own[:-1]) / 2])).tolist(), pl.Float64())


def _as_floats(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    import polars as pl

    return rows.with_columns(pl.col(name).cast(pl.Float64))


def _series(name: str, values: list[object], dtype: pl.DataType) -> pl.Series:
    import polars as pl

    return pl.Series(name, values, dtype=dtype)


def _is_boolean(dtype: pl.DataType) -> bool:
    import polars as pl

    return dtype == pl.Boolean
