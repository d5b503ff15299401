"""What every check of this family can be asked with, and the way from there to a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlgate import OptionGroup
from mlgate_fairness.shape import Shape
from mlgate_fairness.subjects import MIN_ROWS, MIN_SUPPORT, Intersections, Method, Sizes

if TYPE_CHECKING:
    from mlgate import Measurement
    from mlgate.tabular import ScoredTable
    from mlgate_fairness.comparing import Family


@dataclass(frozen=True, slots=True)
class Grouping(OptionGroup):
    """Groups are the values of each `sensitive` column and of columns crossed (`intersections`: "all" crosses pairs and
    all of them, "pairs", or "none"). `method` holds groups against each other ("between_groups") or each against all
    rows ("to_overall"), as fairlearn does. The interval is right for the worst of many groups: groups that differ by
    chance alone do not widen the gap. A group with fewer than `min_rows` rows, or fewer than `min_support` in the
    metric's denominator, is shown, keeps the rule from passing and never makes it fail. Every group's own number is in
    the record.
    """

    method: Method = "between_groups"
    intersections: Intersections = "all"
    min_rows: int = MIN_ROWS
    min_support: int = MIN_SUPPORT

    @property
    def sizes(self) -> Sizes:
        return Sizes(self.min_rows, self.min_support)


@dataclass(frozen=True, slots=True)
class Asked(Grouping):
    """`threshold` is the score from which a row is decided positive; with many classes the highest score decides, and
    the number is the worst over classes. `pooling = true` draws the shares of small groups towards the common one
    (partial pooling by empirical Bayes).
    """

    threshold: float = 0.5
    pooling: bool = False


def compare_rates(scored: ScoredTable, names: Sequence[str], shape: Shape, asked: Asked) -> Measurement:
    """The worst gap of rates of decisions; partially pooled first, where that is asked for."""
    from mlgate_fairness.comparing import Family
    from mlgate_fairness.deciding import rate_families
    from mlgate_fairness.pooling import NOTE, pooled

    found = rate_families(scored, names, intersections=asked.intersections, threshold=asked.threshold)
    if not asked.pooling:
        return compare(scored, found, shape, asked)
    return compare(scored, [Family(each.spec, pooled(each.values)) for each in found], shape, asked, notes=(NOTE,))


def compare(
    scored: ScoredTable,
    families: Sequence[Family],
    shape: Shape,
    asked: Grouping,
    *,
    unit: str = "1",
    notes: tuple[str, ...] = (),
) -> Measurement:
    """The worst gap of any metrics by group."""
    from mlgate_fairness.comparing import Comparing
    from mlgate_fairness.mitigation import ADVICE

    return Comparing(shape, asked.method, asked.sizes, unit, (*notes, ADVICE)).measure(families, scored.rows)
