"""Demographic parity: are groups selected equally often?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, check
from mlgate_fairness.subjects import MIN_ROWS, MIN_SUPPORT, Intersections, Method

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.demographic_parity_difference", better="lower", default={"at_most": 0.2, "level": "warn"})
def demographic_parity_difference(
    scored_test: ScoredTable,
    *,
    method: Method = "between_groups",
    intersections: Intersections = "all",
    threshold: float = 0.5,
    min_rows: int = MIN_ROWS,
    min_support: int = MIN_SUPPORT,
) -> Measurement:
    """How far apart groups are in the share of rows that is decided positive.

    The largest selection rate minus the smallest.

    ## What to do
    See docs/fairness.md.
    """
    from mlgate_fairness.comparing import Comparing
    from mlgate_fairness.deciding import rate_families
    from mlgate_fairness.extremes import Shape
    from mlgate_fairness.subjects import Sizes

    families = rate_families(scored_test, ["selection_rate"], intersections=intersections, threshold=threshold)
    return Comparing(Shape.DIFFERENCE, method, Sizes(min_rows, min_support)).measure(families, scored_test.rows)
