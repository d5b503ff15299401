"""Two models' gaps on the same rows, as one measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from mlgate import CheckError, Comparison, Measurement
from mlgate_fairness.asking import Asked
from mlgate_fairness.comparing import Comparing
from mlgate_fairness.deciding import rate_families
from mlgate_fairness.mitigation import ADVICE
from mlgate_fairness.pairing import difference, joints
from mlgate_fairness.shape import Shape

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

RATES_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "demographic_parity_difference": ("selection_rate",),
        "equal_opportunity_difference": ("true_positive_rate",),
        "equalized_odds_difference": ("true_positive_rate", "false_positive_rate"),
        "predictive_parity_difference": ("precision",),
        "accuracy_difference": ("accuracy",),
    }
)


def against_champion(scored: ScoredTable, metric: str, asked: Asked) -> Measurement:
    """The candidate's gap with the champion's and their paired difference. Raises `NoChampion` without one."""
    names, where = RATES_OF[metric], asked.intersections
    theirs = rate_families(scored, names, intersections=where, threshold=asked.threshold, champion=True)
    ours = rate_families(scored, names, intersections=where, threshold=asked.threshold)
    comparing = Comparing(Shape.DIFFERENCE, asked.method, asked.sizes, notes=(f"The gap is {metric}.", ADVICE))
    measured = comparing.measure(ours, scored.rows)
    champion = comparing.worst(theirs, scored.rows)
    if champion is None:
        raise CheckError("The champion's gap is not defined: no two groups have a rate under its decisions.")
    apart = difference(
        [comparing.contrasts(family.values) for family in ours],
        [comparing.contrasts(family.values) for family in theirs],
        joints(scored, names, where, asked.threshold),
        scored.rows,
    )
    small = {*measured.too_small, *comparing.small(theirs)}
    return replace(
        measured,
        comparison=Comparison(champion.estimate, apart, higher_is_better=False),
        too_small=tuple(sorted(small, key=lambda each: (each.name, each.reason))),
        data={**measured.data, "gap": metric},
    )
