"""The rows of a table in folds, the same ones every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table


def folds(table: Table, columns: Columns, count: int) -> NDArray[np.intp]:
    """A fold per row, at random by a fixed seed; rows of one entity share it."""
    entity = np.arange(table.rows)
    if columns.entity is not None:
        entity = table.collect([columns.entity])[columns.entity].rank("dense").to_numpy().astype(np.intp) - 1
    fold_of = np.random.default_rng(0).permutation(int(entity.max()) + 1) % count
    return fold_of[entity].astype(np.intp)
