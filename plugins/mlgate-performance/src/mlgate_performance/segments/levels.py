"""Columns cut into levels, and the readable conditions that pick one level or several neighbouring ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate_performance.segments.cuts import MOST_BINS, Cuts, cut

if TYPE_CHECKING:
    import polars as pl

MOST_VALUES = 20
"""Values of a text that are levels of their own; the rarer ones are one level together."""
_LONGEST = 40
_PLAIN = re.compile(r"[\w.+%/:()-]+( [\w.+%/:()-]+)*")

Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Feature:
    """A column as one code per row. Condition number i picks the rows with `lows[i] <= code < highs[i]`."""

    name: str
    codes: Codes
    size: int
    lows: NDArray[np.intp]
    highs: NDArray[np.intp]
    conditions: tuple[str, ...]

    def rows(self, condition: int) -> NDArray[np.bool_]:
        """Whether each row fulfils the condition."""
        inside: NDArray[np.bool_] = (self.codes >= self.lows[condition]) & (self.codes < self.highs[condition])
        return inside


def whole(rows: int) -> Feature:
    """No condition at all: crossed with another feature, it leaves that one's conditions alone."""
    return Feature("", np.zeros(rows, np.uint8), 1, np.array([0]), np.array([1]), ("",))


def levels_of(values: pl.Series, bins: int = MOST_BINS) -> Feature | None:
    """The column in levels, numbers and times in at most `bins` of about equally many rows.

    None where it is constant, of a type without levels, or a text of too many values.
    """
    import polars as pl

    kind = values.dtype
    if kind == pl.Boolean:
        values = values.cast(pl.String)
    if values.dtype in (pl.String, pl.Categorical, pl.Enum):
        return _texts(values.cast(pl.String))
    if kind.is_numeric() or kind.is_temporal():
        return _ordered(values, bins)
    return None


def shown(text: str) -> str:
    """A name or a value inside a condition: quoted where it could be misread, cut where it is long."""
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 12]}…{text[-8:]}"
    plain = _PLAIN.fullmatch(short) is not None and " and " not in short
    return short if plain else json.dumps(short, ensure_ascii=False)


def _ordered(values: pl.Series, bins: int) -> Feature | None:
    known = values.is_not_null() & values.is_not_nan() if values.dtype.is_float() else values.is_not_null()
    found = cut(values.filter(known), bins)
    if found is None:
        return None
    codes = np.full(len(values), found.count, np.uint8)
    codes[known.to_numpy()] = found.codes
    name = shown(values.name)
    spans = list(_spans(found, missing=len(found.codes) < len(values)))
    return _feature(values.name, codes, [(low, high, _between(name, found, low, high)) for low, high in spans])


def _spans(cuts: Cuts, *, missing: bool) -> Iterator[tuple[int, int]]:
    """Every run of neighbouring levels but all of them; what is missing is a level of its own, the last."""
    for low in range(cuts.count):
        for high in range(low + 1, cuts.count + 1):
            if missing or (low, high) != (0, cuts.count):
                yield low, high
    if missing:
        yield cuts.count, cuts.count + 1


def _between(name: str, cuts: Cuts, low: int, high: int) -> str:
    if low == cuts.count:
        return f"{name} is missing"
    first, last = cuts.starts[low], cuts.starts[high] if high < cuts.count else None
    if high == low + 1 and cuts.single[low] is not None:
        return f"{name} = {cuts.single[low]}"
    if low == 0:
        return f"{name} is known" if last is None else f"{name} < {last}"
    return f"{name} >= {first}" if last is None else f"{first} <= {name} < {last}"


def _texts(values: pl.Series) -> Feature | None:
    import polars as pl

    counts = values.drop_nulls().value_counts(sort=False)
    ranked = sorted(counts.iter_rows(), key=lambda pair: (-pair[1], pair[0]))
    kept, rare = [value for value, _ in ranked[:MOST_VALUES]], ranked[MOST_VALUES:]
    if sum(count for _, count in rare) > len(values) / 2:
        return None
    name, places = shown(values.name), {value: code for code, value in enumerate(kept)}
    conditions = [f"{name} = {shown(value)}" for value in kept]
    if rare:
        conditions.append(f"{name} is none of its {MOST_VALUES} most frequent values")
    conditions.append(f"{name} is missing")
    known = values.replace_strict(places, default=len(kept), return_dtype=pl.UInt8)
    missing = pl.Series([len(conditions) - 1], dtype=pl.UInt8)
    codes = known.zip_with(values.is_not_null(), missing.new_from_index(0, len(values)))
    said = [(code, code + 1, condition) for code, condition in enumerate(conditions)]
    return _feature(values.name, codes.to_numpy(), said)


def _feature(name: str, codes: Codes, found: list[tuple[int, int, str]]) -> Feature | None:
    """None where every row is of one level: there is nothing to tell apart."""
    if len(np.unique(codes)) < 2:
        return None
    lows, highs, conditions = zip(*found, strict=True)
    return Feature(name, codes, int(max(highs)), np.array(lows), np.array(highs), conditions)
