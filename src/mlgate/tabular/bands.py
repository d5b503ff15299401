"""A number as bands: between named edges, or so many of equal size."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mlgate.errors import DataError
from mlgate.tabular.grouping import Groups

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

MOST_BANDS = 50


def group_by_bands(values: pl.Series, bands: int | tuple[float, ...], uri: str) -> Groups:
    """Rows by band: up to the first edge, above it up to the next, and so on; null (and NaN) is a group of its own.

    Raises `DataError` where the column is no number, the edges do not rise, or fewer than two bands have rows.
    """
    name = values.name
    if not values.dtype.is_numeric():
        raise DataError(
            f"The sensitive column {name!r} of {uri} is {values.dtype}, and [data] sensitive_bins makes bands of "
            "numbers.",
            hint="Take it out of sensitive_bins: each of its values is a group.",
        )
    numbers = values.cast(float).to_numpy()
    known = ~np.isnan(numbers)
    edges = _edges(numbers[known], bands, name)
    codes = np.searchsorted(edges, numbers, side="left")
    codes[~known] = len(edges) + 1
    used = np.flatnonzero(np.bincount(codes, minlength=len(edges) + 2))
    if len(used) < 2:
        raise DataError(
            f"The bands of the sensitive column {name!r} put every row of {uri} into one group.",
            hint="Name edges that its values lie on both sides of.",
        )
    place = np.zeros(len(edges) + 2, dtype=np.uint8)
    place[used] = np.arange(len(used))
    labels = [*_labels(edges), "null"]
    return Groups(place[codes], tuple({name: labels[code]} for code in used.tolist()))


def _edges(numbers: NDArray[np.float64], bands: int | tuple[float, ...], name: str) -> NDArray[np.float64]:
    if isinstance(bands, int):
        if not 2 <= bands <= MOST_BANDS:
            raise DataError(f"[data] sensitive_bins makes 2 to {MOST_BANDS} bands of {name!r}, not {bands}.")
        return _of_equal_size(np.sort(numbers), np.arange(1, bands) / bands)
    edges = np.array(bands, dtype=float)
    if len(edges) >= MOST_BANDS or not (np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
        raise DataError(
            f"The edges of [data] sensitive_bins for {name!r} are up to {MOST_BANDS - 1} numbers that rise."
        )
    return edges


def _of_equal_size(numbers: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles, each as the shortest number that divides the rows alike: a group's name tells as
    little of a row's own value as it can."""
    if not len(numbers):
        return np.zeros(0)
    found = np.unique(np.quantile(numbers, shares, method="inverted_cdf"))
    above = np.searchsorted(numbers, found, side="right")
    following = np.append(numbers, np.inf)[above]
    return np.array([_shortest(*pair) for pair in zip(found.tolist(), following.tolist(), strict=True)])


def _shortest(least: float, limit: float) -> float:
    """The number of fewest digits that is at least `least` and below `limit`; the former where none is shorter."""
    nearby = (least, least / 2 + limit / 2) if np.isfinite(limit) else (least,)
    for digits in range(1, 17):
        for near in nearby:
            rounded = float(f"{near:.{digits}g}")
            if least <= rounded < limit:
                return rounded
    return least


def _labels(edges: NDArray[np.float64]) -> list[str]:
    if not len(edges):
        return ["all"]
    said = [
        f"{edge:g}" if len(f"{edge:g}") < len(repr(float(edge))) and float(f"{edge:g}") == edge else repr(float(edge))
        for edge in edges
    ]
    between = [f"above {low} to {high}" for low, high in pairwise(said)]
    return [f"up to {said[0]}", *between, f"above {said[-1]}"]
