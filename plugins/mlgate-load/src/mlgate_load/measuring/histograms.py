"""How waits are spread, in bins few enough for a record and fine enough for a picture."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate import Json

BINS = 24
_LEAST = 1e-3


def histogram(waits: Sequence[float], unit: str) -> Json:
    """Counts between edges at even ratios: waits have a long tail, and the first bins would hold them all otherwise.

    The least and the longest wait are the outer edges; waits that are all alike make one bin.
    """
    import numpy as np

    values = np.maximum(np.asarray(waits, dtype=float), _LEAST)
    low, high = float(values.min()), float(values.max())
    edges = np.array([low, low * 1.01])
    if high > low:
        edges = np.geomspace(low, high, BINS + 1)
        edges[0], edges[-1] = low, high  # to the digit, so that no wait falls out
    counts, _ = np.histogram(values, edges)
    return {"unit": unit, "edges": [round(float(edge), 4) for edge in edges], "counts": counts.tolist()}
