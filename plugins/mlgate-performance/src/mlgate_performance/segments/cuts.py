"""Where a column of numbers or times is cut into levels of about equally many rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

MOST_BINS = 10
FINER_BINS = 100
"""Of a condition that stands alone: they cost little, and blur the ends of a range less."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """A level per value; `starts` are the levels' lower ends in words, `single` a level's only value in words."""

    codes: NDArray[np.uint8]
    starts: tuple[str, ...]
    single: tuple[str | None, ...]

    @property
    def count(self) -> int:
        return len(self.starts)


def by_rank(values: NDArray[Any], most: int) -> tuple[NDArray[np.intp], NDArray[Any], NDArray[np.intp]]:
    """A bin per value, the distinct values, and the place among them where each bin starts.

    Values go by the middle of their ranks, so that one that many rows share gets a bin of its own.
    """
    distinct, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(distinct) <= most:
        return places, distinct, np.arange(len(distinct))
    middle = np.cumsum(counts) - counts / 2
    coarse = np.minimum(middle * most / len(values), most - 1).astype(np.intp)
    starts = np.flatnonzero(np.diff(coarse, prepend=-1))
    return np.searchsorted(starts, places, side="right") - 1, distinct, starts


def cut(values: pl.Series, most: int) -> Cuts | None:
    """At most `most` levels of numbers or times without missing ones; None where there are no values."""
    if not len(values):
        return None
    codes, distinct, starts = by_rank(_numbers(values), most)
    ends = np.append(starts[1:], len(distinct))
    words = [_word(distinct[max(start - 1, 0)], distinct[start], values.dtype) for start in starts.tolist()]
    single = [
        _word(distinct[start], distinct[start], values.dtype) if end == start + 1 else None
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    return Cuts(codes.astype(np.uint8), tuple(words), tuple(single))


def _numbers(values: pl.Series) -> NDArray[Any]:
    physical = values.to_physical()
    return (physical.cast(float) if physical.dtype.is_decimal() else physical).to_numpy()


def _word(below: Any, value: Any, kind: pl.DataType) -> str:
    """The shortest way to write a border above `below` and up to `value`: it divides the rows alike."""
    if kind.is_temporal():
        return _moment(below, value, kind)
    if kind.is_integer() or not math.isfinite(value) or not math.isfinite(below):
        return f"{value}".removesuffix(".0")
    for digits in range(1, 17):
        for near in (value, below / 2 + value / 2):
            rounded = float(f"{near:.{digits}g}")
            if below < rounded <= value:
                return f"{rounded:.16g}"
    return f"{value}".removesuffix(".0")


def _moment(below: Any, value: Any, kind: pl.DataType) -> str:
    """A day where the border can be midnight, else the moment."""
    import polars as pl

    before, moment = pl.Series([below, value]).cast(kind).to_list()
    if kind == pl.Datetime and before.date() < moment.date():
        return str(moment.date())
    return str(moment)
