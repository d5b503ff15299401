"""Some rows of a table, drawn at random and the same ones every time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SEED = 0


def drawn(rows: int, most: int) -> NDArray[np.intp]:
    """At most `most` places among `rows`, rising."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(SEED).choice(rows, most, replace=False))
