"""Rates of decisions on every group of a scored table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlgate.tabular.tabulate import Axis
from mlgate_fairness.comparing import Family
from mlgate_fairness.rates import rate_values, rates
from mlgate_fairness.subjects import Intersections, specs, tallied

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


def rate_families(
    scored: ScoredTable,
    names: Sequence[str],
    *,
    intersections: Intersections = "all",
    threshold: float = 0.5,
    champion: bool = False,
) -> list[Family]:
    """Every named rate by every sensitive column and crossing."""
    wanted = specs(scored, intersections)
    asked = rates(scored, names)
    groups = scored.groups
    classes = len(scored.classes)
    axes = Axis(scored.labels(), classes), Axis(scored.decisions(threshold, champion=champion), classes)
    found = []
    for columns, parts in tallied(scored, wanted):
        tally = groups.cells(columns, *axes)
        for spec in parts:
            sums = groups.part(tally, columns, spec)
            found += [Family(spec, rate_values(rate, sums, groups)) for rate in asked]
    return found
