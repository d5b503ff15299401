"""Figures of what a column tells, with intervals that keep the rows of one entity together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Spread
from mlgate.tabular.sampling import SHARDS
from mlgate.tabular.scatter import Scatter, sharded
from mlgate_data.leakage.coding import Codes, Numbers

Entities = NDArray[np.uint64]
"""The hash of each row's entity."""


def informed(answers: NDArray[Any], labels: Codes, count: int, entities: Entities | None) -> Estimate:
    """The recalls' mean between chance and 1.

    The standard error is that of independent recalls; one half is added to hits and misses, so that a recall of 1 is no
    certainty. With entities there are fewer rows in effect, by the design effect (Kish, Survey Sampling, 1965, section
    8.2): the variance by shards of entities over that of rows, or the largest it can be where no answer is wrong.
    """
    rows = np.bincount(labels, minlength=count)
    hits = np.bincount(labels[answers == labels], minlength=count)
    recalls, known = hits / np.maximum(1, rows), rows > 0
    whole = 1 / int(known.sum())
    value = (float(np.mean(recalls[known])) - whole) / (1 - whole)
    scale, effect, method, df = whole / (1 - whole), 1.0, "stratified-wald", None
    if entities is not None:
        influence = ((answers == labels) - recalls[labels]) / rows[labels] * scale
        scatter, plain = _by_entity(influence, labels, count, entities), float(np.square(influence).sum())
        effect = max(1.0, scatter.variance / plain) if plain > 0 else _largest_effect(entities)
        method, df = "stratified-wald, by entity", scatter.df
    counted = rows[known] / effect + 1
    shares = (hits[known] / effect + 0.5) / counted
    se = math.sqrt(float(np.sum(shares * (1 - shares) / counted))) * scale
    return Estimate(value, len(labels), Spread(method, se, df=df, most=1.0))


def explained(answers: Numbers, labels: Numbers, constant: float, entities: Entities | None) -> Estimate:
    """1 - the ratio of two mean absolute errors on the same rows; the delta method's standard error of a ratio."""
    errors, base = np.abs(labels - answers), np.abs(labels - constant)
    whole = float(base.sum())
    ratio = float(errors.sum()) / whole
    influence = (errors - ratio * base) / whole
    if entities is None:
        se = float(np.std(influence)) * math.sqrt(len(labels))
        return Estimate(1 - ratio, len(labels), Spread("ratio-delta", se, most=1.0))
    scatter = _by_entity(influence, np.zeros(len(labels), dtype=np.intp), 1, entities)
    return Estimate(1 - ratio, len(labels), Spread("ratio-delta, by entity", scatter.se, df=scatter.df, most=1.0))


def _by_entity(influence: Numbers, strata: Codes, count: int, entities: Entities) -> Scatter:
    """The scatter of shards of whole entities, a shard for each entity where there are few."""
    distinct, place = np.unique(entities, return_inverse=True)
    shards = min(SHARDS, len(distinct))
    cell = (place % shards) * count + strata
    sums, held = (
        np.bincount(cell, weights=weights, minlength=shards * count).astype(float).reshape(shards, count)
        for weights in (influence, np.ones(len(cell)))
    )
    return sharded(sums, held)


def _largest_effect(entities: Entities) -> float:
    """The mean number of rows that are met in a row's own entity (Kish 1965, section 5.4)."""
    sizes = np.unique(entities, return_counts=True)[1]
    return float(np.square(sizes, dtype=float).sum() / len(entities))
