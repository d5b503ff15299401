"""The columns of a table as they are kept for comparison, read in the pass that all data checks share."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate_data.drift.held import Categories, Held, Numbers
from mlgate_data.drift.weighted import Weighted
from mlgate_data.engine.counts import Missing, Tally
from mlgate_data.engine.facts import Fact
from mlgate_data.engine.histograms import Distribution
from mlgate_data.engine.kinds import Kind, kind_of
from mlgate_data.engine.quantiles import Quantiles, Ranked
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Need, of

if TYPE_CHECKING:
    import polars as pl

COMPARED = (Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.TIME)
Reading = Generator[Iterable[Need], None, dict[str, Held]]
"""A part of a check that yields needs and returns columns."""

_PER_BIN = 1024
"""Bins of the engine's histograms per doubling of the distance from their centre."""
_FINE = 64
"""Bins that the middle 80% of a column must lie in to be compared."""
_ROW_NUMBER = 0.02
_ROUNDS = 3
_EXACT_ROWS = 200_000
_EXACT_CELLS = 10_000_000


def few_enough(rows: int, columns: int) -> bool:
    """Whether every value can be kept; of more, bins of a thousandth of a value are."""
    return rows <= _EXACT_ROWS and rows * columns <= _EXACT_CELLS


def read_values(scan: Scan, names: Iterable[str]) -> Reading:
    """The named columns with every value of numbers and times; text of more than 10,000 values is left out."""
    asked = {name: _exact_facts(scan, name) for name in names}
    yield of(scan, (fact for facts in asked.values() for fact in facts))
    held = {name: _held(scan, facts) for name, facts in asked.items()}
    return {name: each for name, each in held.items() if each is not None}


def read(scan: Scan, names: Iterable[str], weight: str | None, centres: Mapping[str, float] | None = None) -> Reading:
    """The named columns, numbers and times in bins; text of more than 10,000 values is left out.

    `centres` are those of the columns' histograms. Without them they are found here: numbers that lie far from zero
    for their spread, and times, are counted again around their own middle, in a pass over them alone, until the bins
    are fine enough.
    """
    known = centres or {}
    asked = {name: _facts(scan, name, weight, known.get(name, 0.0)) for name in names}
    yield of(scan, (fact for facts in asked.values() for fact in facts))
    held = {name: _held(scan, facts) for name, facts in asked.items()}
    for _ in range(_ROUNDS if centres is None else 0):
        far = {name: centre for name in asked if (centre := _new_centre(held[name], scan.schema[name])) is not None}
        asked = {name: _facts(scan, name, weight, centre) for name, centre in far.items()}
        yield of(scan, (fact for facts in asked.values() for fact in facts))
        held |= {name: _held(scan, facts) for name, facts in asked.items()}
    return {name: each for name, each in held.items() if each is not None}


def _exact_facts(scan: Scan, name: str) -> tuple[Fact[Any], ...]:
    binned = _facts(scan, name, None, 0.0)
    return (Quantiles(name),) if isinstance(binned[0], Distribution) else binned


def _facts(scan: Scan, name: str, weight: str | None, centre: float) -> tuple[Fact[Any], ...]:
    if weight is not None:
        return (Weighted(name, weight, centre),)
    if kind_of(scan.schema[name]) in (Kind.TEXT, Kind.BOOLEAN):
        return Tally(name), Missing(name)
    return Distribution(name, centre), Missing(name)


def _held(scan: Scan, facts: tuple[Fact[Any], ...]) -> Held | None:
    first = facts[0]
    if isinstance(first, Weighted):
        return scan[first]
    if isinstance(first, Quantiles):
        return _counted(scan[first], scan.rows)
    missing = scan[Missing(first.columns[0])]
    if isinstance(first, Distribution):
        return Numbers.of_histogram(scan[first], missing, first.centre)
    assert isinstance(first, Tally)
    counts = scan[first]
    return Categories.of(counts, missing) if counts.complete else None


def _counted(ranked: Ranked | None, rows: int) -> Numbers:
    """Every value with its rows. Those without a finite value are missing."""
    values = np.zeros(0) if ranked is None or ranked.values is None else ranked.values
    distinct, counts = np.unique(values, return_counts=True)
    return Numbers.of(distinct, counts.astype(np.float64), float(rows - len(values)))


def _new_centre(column: Held | None, dtype: pl.DataType) -> float | None:
    """The middle of a column whose bins are too wide for it; None for any other."""
    if not isinstance(column, Numbers) or not len(column.values):
        return None
    low, middle, high = (_quantile(column, share) for share in (0.1, 0.5, 0.9))
    widest = max(abs(low - column.centre), abs(high - column.centre)) / _PER_BIN
    exact = dtype.is_integer() and widest < 1
    return middle if not exact and high - low < _FINE * widest and middle != column.centre else None


def _quantile(column: Numbers, share: float) -> float:
    cumulative = np.cumsum(column.counts)
    place = int(np.searchsorted(cumulative, share * cumulative[-1]))
    return float(column.values[min(place, len(column.values) - 1)])


def unit_of(dtype: pl.DataType) -> str | None:
    """The unit in which numpy counts a date or time since 1970; None for any other type."""
    import polars as pl

    if dtype == pl.Date:
        return "D"
    return dtype.time_unit if isinstance(dtype, pl.Datetime) else None


def is_row_number(column: Held, dtype: pl.DataType) -> bool:
    """Whole numbers that fill a range at least as long as the table evenly, as counters and identifiers do."""
    if not isinstance(column, Numbers) or not dtype.is_integer() or len(column.values) < _FINE:
        return False
    low, high = float(column.values[0]), float(column.values[-1])
    if high - low < 0.9 * column.rows:
        return False
    even = (column.values - low) / (high - low)
    return bool(np.abs(np.cumsum(column.counts) / column.present - even).max() < _ROW_NUMBER)
