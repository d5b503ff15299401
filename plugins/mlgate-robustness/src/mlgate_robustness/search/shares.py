"""The share of rows of which something is true, with its interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Scale, Spread


def share(true: NDArray[np.bool_]) -> Estimate:
    """Wilson's interval (1927, JASA 22, 209-212); rows are taken as independent. At least one row is needed."""
    rows = len(true)
    value = float(np.count_nonzero(true)) / rows
    return Estimate(value, rows, Spread("wilson", float(np.sqrt(value * (1 - value) / rows)), Scale.SCORE, trials=rows))
