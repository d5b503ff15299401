"""Numbers as people read them: as many decimals as the interval warrants, counts with thousands separators."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mlgate.stats import Estimate

LABEL = "label"
"""The unit of what is measured in whatever the label counts: euros, days, degrees."""

_OF_LABEL = "in the label's unit"
_MOST_DECIMALS = 8


def count(n: int, noun: str) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def some(items: Sequence[str], most: int = 8) -> str:
    """`a, b, c`, and how many more there are."""
    more = len(items) - most
    return ", ".join(items) if more <= 0 else f"{', '.join(items[:most])} and {more:,} more"


def roughly(n: int) -> str:
    """A planned number of rows, rounded up to two digits: `about 1,200`."""
    step = 10 ** max(0, len(str(n)) - 2)
    return f"about {math.ceil(n / step) * step:,}"


def stated(value: float) -> str:
    """A number as somebody wrote it: the shortest text that reads back as the same number."""
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


def fixed(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def in_unit(text: str, unit: str) -> str:
    """`0.78`, `5%`, `61.2 ms`, `346 in the label's unit`: the unit `1` is not said."""
    if unit == "1":
        return text
    return f"{text}%" if unit == "%" else f"{text} {_OF_LABEL if unit == LABEL else unit}"


def with_interval(estimate: Estimate, level: float, unit: str = "1", *, apart: tuple[float, ...] = ()) -> str:
    """`0.741 [0.680, 0.800]`, with decimals enough to tell the bounds in `apart` from the interval's own ends."""
    if estimate.spread is None:
        return in_unit(fixed(estimate.value, decimals_for(estimate.value, estimate.value, estimate.value, apart)), unit)
    interval = estimate.interval(level)
    return spanned(estimate.value, interval.low, interval.high, unit, apart=apart)


def spanned(value: float, low: float, high: float, unit: str = "1", *, apart: tuple[float, ...] = ()) -> str:
    """A value and the interval around it, in one number of decimals."""
    decimals = decimals_for(value, low, high, apart)
    around = f"[{fixed(low, decimals)}, {fixed(high, decimals)}]"
    if unit == LABEL:  # many words, and said last
        return in_unit(f"{fixed(value, decimals)} {around}", unit)
    return f"{in_unit(fixed(value, decimals), unit)} {around}"


def decimals_for(value: float, low: float, high: float, apart: tuple[float, ...] = ()) -> int:
    """Two digits of the half-width, three of the largest number where that is more and it is not tiny."""
    ends = (low, high)
    decimals = max(_digits((high - low) / 2, 2), min(3, _digits(max(abs(value), abs(low), abs(high)), 3)))
    while decimals < _MOST_DECIMALS and any(_alike(end, bound, decimals) for end in ends for bound in apart):
        decimals += 1
    return decimals


def _digits(size: float, significant: int) -> int:
    """Decimals that show `significant` digits of `size`."""
    if size <= 0 or not math.isfinite(size):
        return 0
    return min(_MOST_DECIMALS, max(0, significant - 1 - math.floor(math.log10(size))))


def _alike(end: float, bound: float, decimals: int) -> bool:
    return end != bound and math.isfinite(bound) and fixed(end, decimals) == fixed(bound, decimals)
