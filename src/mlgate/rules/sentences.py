"""The sentences that bounds speak: a number with its interval, which side of the bound it lies on, what would help."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlgate.results import Counted, Outcome
from mlgate.rules.accepted import Accepted
from mlgate.rules.measured import Measured
from mlgate.rules.numbers import count, roughly, with_interval


@dataclass(frozen=True, slots=True)
class Sides:
    """What is said of a number on the good side, below, above, or across."""

    good: str
    below: str
    above: str
    across: str

    def of(self, outcome: Outcome, value: float, accepted: Accepted) -> str:
        if outcome is Outcome.PASSED:
            return self.good
        if outcome is Outcome.INCONCLUSIVE:
            return self.across
        return self.below if value < accepted.low else self.above


def number(measured: Measured, level: float, accepted: Accepted) -> str:
    """`p99 61.2 ms [58.0, 64.0] on 10,000 rows`."""
    ends = tuple(end for end in (accepted.low, accepted.high) if math.isfinite(end))
    text = with_interval(measured.estimate, level, measured.unit, apart=ends)
    name = f"{measured.part} " if measured.part else ""
    return f"{name}{text} on {count(measured.estimate.n, measured.counted.removesuffix('s'))}"


def settled_by_more(needed: int | None, counted: Counted) -> str:
    """What would settle an inconclusive number: rows are counted, requests are a matter of how long and how many."""
    if counted is Counted.REQUESTS and needed is not None:
        return ": more requests would settle it, with a longer duration or a higher rate"
    return settled_by(needed, f"more {counted}")


def settled_by(rows: int | None, noun: str = "more rows") -> str:
    if rows is None:
        return f"; {noun} alone need not settle it"
    return (
        f": {roughly(rows)} {noun} would settle it" if rows > 1 else f": one {noun.removesuffix('s')} would settle it"
    )
