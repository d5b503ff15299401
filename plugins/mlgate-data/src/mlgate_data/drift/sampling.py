"""The rows that are looked at one by one: few, drawn with a seed, and the same for every check."""

from __future__ import annotations

from mlgate_data.engine.sampled import Sampled
from mlgate_data.engine.scan import Scan

MOST = 2_000


def sampled(scan: Scan, names: tuple[str, ...]) -> Sampled:
    """At most 2,000 rows of a table."""
    return Sampled(names, scan.rows, MOST)
