"""A metric on some rows: its value, and how much each row or cell moves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlgate.errors import NotApplicable
from mlgate.tabular.tabulate import Numbers


@dataclass(frozen=True, slots=True)
class Point:
    """`influence` is the change of `value` per share of weight put on a cell (or row); its weighted mean is 0.

    `support` is the number of rows in the metric's denominator.
    """

    value: float
    influence: Numbers
    support: float


class Undefined(NotApplicable):
    """A metric without a value on these rows: nobody was predicted positive, one class is missing."""


def ratio(counts: Numbers, above: Numbers, below: Numbers, undefined: str) -> Point:
    """Weight in the cells of `above` over weight in those of `below`, cell for cell as often as they say.

    Raises `Undefined` with the sentence where nothing is below.
    """
    denominator = float((counts * below).sum())
    if denominator <= 0:
        raise Undefined(undefined)
    value = float((counts * above).sum()) / denominator
    influence = (above - value * below) * (float(counts.sum()) / denominator)
    return Point(value, influence, denominator)


def mean_of(points: list[Point], shares: Numbers | None = None) -> Point:
    """The mean of several metrics on the same cells, each with its share (equal ones by default)."""
    weights = np.full(len(points), 1 / len(points)) if shares is None else shares
    value = sum(float(share) * point.value for share, point in zip(weights, points, strict=True))
    influence = np.sum([share * point.influence for share, point in zip(weights, points, strict=True)], axis=0)
    return Point(value, influence, min(point.support for point in points))
