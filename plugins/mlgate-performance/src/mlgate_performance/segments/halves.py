"""Which rows are searched and which are held back, and which columns may describe a segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import NotApplicable
from mlgate.tabular import Task
from mlgate_performance.folds import folds
from mlgate_performance.segments.cuts import FINER_BINS
from mlgate_performance.segments.levels import Feature, levels_of

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

SEGMENTS_PER_HALF = 2
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Described:
    """The columns by which rows are told apart, and a sentence about each group of columns that is left out.

    `finer` are columns of numbers and times in more levels, for conditions that stand alone.
    """

    features: tuple[Feature, ...]
    finer: tuple[Feature, ...]
    notes: tuple[str, ...]


def halves(scored: ScoredTable, min_rows: int) -> tuple[Rows, Rows]:
    """The rows to search and the rows to test on, always the same; rows of one entity are on one side.

    Raises `NotApplicable` where a half could not hold a segment beside its rest.
    """
    needed = 2 * SEGMENTS_PER_HALF * min_rows
    if scored.rows < needed:
        raise NotApplicable(
            f"Segments are searched for on one half of the rows and tested on the other: that takes {needed} rows of "
            f"segments of {min_rows}, and there are {scored.rows}."
        )
    side = folds(scored.table, scored.columns, 2)
    parts = np.flatnonzero(side == 0), np.flatnonzero(side == 1)
    label = scored.labels()
    if min(map(len, parts)) < needed // 2:
        raise NotApplicable("Most rows are of one entity, so that the table can't be halved between entities.")
    if scored.task is not Task.REGRESSION and any(len(np.unique(label[part])) < 2 for part in parts):
        raise NotApplicable("One half of the rows holds a single class, so that nothing can be tested on it.")
    return parts


def described(scored: ScoredTable, only: Sequence[str]) -> Described:
    """Every column (or those of `only`) but label, weight and entity, in levels.

    A sensitive column is described only where it is declared as a slice too. Raises `DataError` for a column of `only`
    that the table lacks.
    """
    table, columns = scored.table, scored.columns
    table.require(*only)
    declared = {column for spec in columns.slices for column in spec}
    secret = [name for name in columns.sensitive if name not in declared and name in (only or table.columns)]
    roles = {columns.label, columns.weight, columns.entity}
    names = [name for name in dict.fromkeys(only or table.columns) if name not in roles and name not in secret]
    found, finer, odd = [], [], []
    for name in names:
        values = table.collect([name])[name]
        feature = levels_of(values)
        if feature is not None:
            found.append(feature)
            again = levels_of(values, FINER_BINS) if values.dtype.is_numeric() or values.dtype.is_temporal() else None
            finer += [] if again is None or again.size == feature.size else [again]
        elif values.n_unique() > 1:
            odd.append(name)
    notes = [
        f"Not searched, being sensitive and not among the declared slices: {_listed(secret)}." if secret else "",
        f"Not searched, having too many different values, or values that can't be ordered: {_listed(odd)}."
        if odd
        else "",
    ]
    return Described(tuple(found), tuple(finer), tuple(note for note in notes if note))


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(name[:40] for name in names[:most]) + more
