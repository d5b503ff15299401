"""Corruptions of all rows at a severity from 0 to 1, as pipelines and people make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from mlgate_robustness.search.perturbing import like, noisy
from mlgate_robustness.search.searching import Ground
from mlgate_robustness.search.seen import ticks

if TYPE_CHECKING:
    import polars as pl

    from mlgate_robustness.search.seen import Seen

Corruption = Callable[[Ground, float, np.random.Generator], "pl.DataFrame | None"]
_UNIT = 1_000.0


def noise(start: Ground, severity: float, rng: np.random.Generator) -> pl.DataFrame | None:
    numeric = _numeric(start)
    scales = {name: severity * held.spread for name, held in numeric.items()}
    return noisy(start.rows, scales, numeric, rng) if numeric else None


def rounding(start: Ground, severity: float, rng: np.random.Generator) -> pl.DataFrame | None:
    numeric = {name: held for name, held in _numeric(start).items() if held.spread > 0}
    if not numeric:
        return None
    return start.rows.with_columns(
        like(column, np.rint(ticks(column) / step) * step)
        for column, step in ((start.rows.get_column(name), severity * held.spread) for name, held in numeric.items())
    )


def swapped(start: Ground, severity: float, rng: np.random.Generator) -> pl.DataFrame | None:
    """The two numeric columns of one type whose medians are nearest, as shares of the larger one's spread."""
    pair = _nearest_pair(_numeric(start))
    if pair is None:
        return None
    first, second = (start.rows.get_column(name) for name in pair)
    hit = _hit(start, severity, rng)
    return start.rows.with_columns(
        second.alias(first.name).zip_with(hit, first), first.alias(second.name).zip_with(hit, second)
    )


def units(start: Ground, severity: float, rng: np.random.Generator) -> pl.DataFrame | None:
    numeric = list(_numeric(start))
    if not numeric:
        return None
    hit, chosen = _hit(start, severity, rng).to_numpy(), rng.integers(0, len(numeric), start.rows.height)
    return start.rows.with_columns(
        like(column, ticks(column) * np.where(hit & (chosen == place), _UNIT, 1.0))
        for place, column in ((place, start.rows.get_column(name)) for place, name in enumerate(numeric))
    )


def nulls(start: Ground, severity: float, rng: np.random.Generator) -> pl.DataFrame | None:
    import polars as pl

    nullable = [name for name, held in start.seen.items() if held.nulls and name in start.rows.columns]
    if not nullable:
        return None
    hit = _hit(start, severity, rng).to_numpy()
    lost = {name: hit & (rng.random(start.rows.height) < 0.5) for name in nullable}
    return start.rows.with_columns(
        pl.when(pl.Series(mask)).then(None).otherwise(pl.col(name)).alias(name) for name, mask in lost.items()
    )


CORRUPTIONS: Mapping[str, Corruption] = {
    "noise": noise,
    "rounding": rounding,
    "swapped": swapped,
    "units": units,
    "nulls": nulls,
}


def _numeric(start: Ground) -> dict[str, Seen]:
    return {name: held for name, held in start.seen.items() if held.numeric and name in start.rows.columns}


def _hit(start: Ground, severity: float, rng: np.random.Generator) -> pl.Series:
    import polars as pl

    return pl.Series(rng.random(start.rows.height) < severity)


def _nearest_pair(numeric: Mapping[str, Seen]) -> tuple[str, str] | None:
    pairs = [
        (abs(float(np.median(a.numbers)) - float(np.median(b.numbers))) / (max(a.spread, b.spread) or 1.0), one, other)
        for one, a in numeric.items()
        for other, b in numeric.items()
        if one < other and a.values.dtype == b.values.dtype
    ]
    return min(pairs)[1:] if pairs else None
