"""What a search for weak segments can be asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mlgate import OptionGroup


@dataclass(frozen=True, slots=True)
class SegmentOptions(OptionGroup):
    """`columns` names the columns to search; without it, all but label, weight and entity. A column that is `sensitive`
    is searched only if `slices` under [data] declares it too. With `max_conditions` 1 single ones are searched.
    A segment has at least `min_rows` rows (50), and 1%, of each half, and at most half of them; fewer than
    4 x `min_rows` rows can't be searched. Weights count, and rows of one entity that repeat each other count as less.
    `threshold` is the score from which a row is decided positive, `metric` what a row costs.
    """

    metric: str | None = None
    threshold: float = 0.5
    columns: tuple[str, ...] = ()
    max_conditions: Literal[1, 2] = 2
    min_rows: int = 50
