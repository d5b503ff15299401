"""Whether the process that answers holds more memory with every answer."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from mlgate import Finding
from mlgate_robustness.contract.clause import Bench, breach

if TYPE_CHECKING:
    import polars as pl

ROWS: Final = 1_000
"""Rows of one answer, so that what a row leaves behind shows beside what the allocator rounds."""
WARM: Final = 4
LOOKS: Final = 12
SURE: Final = 36
"""Answers before the first look, answers looked after, and again where those looked like a leak."""
LEAST: Final = 100.0
"""Bytes per row: 100 MB in a million rows. Less is not called a leak."""
_LEVEL: Final = 0.99


def memory_growth(bench: Bench) -> Iterator[Finding]:
    """The same rows again and again do not make its process grow without end.

    The slope per answer is Theil and Sen's median of all pairs (Sen 1968, JASA 63, 1379-1389), with the interval of
    that paper at 99%. It has to lie above `LEAST` as a whole, in the first looks, in three times as many after them,
    and in the second half of these: caches and arenas fill up, and a leak does not.
    """
    if bench.served.memory is None or not bench.rows.height:
        return
    rows = _many(bench.rows)
    _asked(bench, rows, WARM)
    if _least_slope(_asked(bench, rows, LOOKS)) < LEAST * ROWS:
        return
    gc.collect()
    held = _asked(bench, rows, SURE)
    late = held[SURE // 2 :]
    least = min(_least_slope(held), _least_slope(late))
    if least >= LEAST * ROWS:
        grown = float(held[-1] - held[0])
        yield breach(
            "memory",
            f"its process grew by {grown / 1e6:,.1f} MB in {SURE} answers to the same {ROWS:,} rows, by at least "
            f"{least / ROWS:,.0f} bytes with every row (99% interval of the slope).",
            bytes_per_row=least / ROWS,
        )


def _many(rows: pl.DataFrame) -> pl.DataFrame:
    return rows[np.resize(np.arange(rows.height), ROWS)]


def _asked(bench: Bench, rows: pl.DataFrame, times: int) -> NDArray[np.float64]:
    """The bytes held after each of so many answers."""
    held = []
    for _ in range(times):
        bench.ask.once(rows)
        held.append(float(bench.served.memory or 0))
    return np.array(held)


def _least_slope(held: NDArray[np.float64]) -> float:
    """The lower end of the interval of the growth per answer."""
    from scipy.stats import theilslopes

    return float(theilslopes(held, alpha=_LEVEL).low_slope)
