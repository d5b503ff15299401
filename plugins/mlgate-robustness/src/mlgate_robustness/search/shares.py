"""Shares of rows of which something is true, with their intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Scale, Spread


def share(true: NDArray[np.bool_]) -> Estimate:
    """Wilson's interval (1927, JASA 22, 209-212); rows are taken as independent. At least one row is needed."""
    rows = len(true)
    value = float(np.count_nonzero(true)) / rows
    return Estimate(value, rows, Spread("wilson", float(np.sqrt(value * (1 - value) / rows)), Scale.SCORE, trials=rows))


def excess(true: NDArray[np.bool_], chance: NDArray[np.bool_]) -> Estimate:
    """The share of rows of which something is true, less the share of the same rows of which it is so by chance."""
    from mlgate.tabular.estimates import paired_shares

    more, less = int(np.count_nonzero(true & ~chance)), int(np.count_nonzero(chance & ~true))
    return Estimate((more - less) / len(true), len(true), paired_shares(more, less, len(true)))
