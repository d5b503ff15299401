"""Generalized entropy: one number for how unevenly a model's errors fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import Measurement, Part, check
from mlgate_fairness.subjects import Intersections, Method, part_name

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


@check("fairness.generalized_entropy", better="lower")
def generalized_entropy(
    scored_test: ScoredTable,
    *,
    method: Method = "between_groups",
    intersections: Intersections = "all",
    threshold: float = 0.5,
    alpha: float = 2.0,
) -> Measurement:
    """How unequally the model's benefits are shared out, between groups or over all rows.

    A row's benefit is 2 for a false positive, 1 for a right decision, 0 for a false negative; the generalized entropy
    index of benefits is 0 where all have the same (Speicher et al. 2018, A unified approach to quantifying algorithmic
    unfairness: KDD). The index of all rows is that of rows within groups plus that between groups.
    `method = "between_groups"` (the default) is the latter, the part that groups explain, for the sensitive column or
    crossing where it is largest (`intersections`: "all", "pairs" or "none"; each is a part by name);
    `method = "to_overall"` is the index of all rows. `alpha` sets what weighs: 2 (half the squared coefficient of
    variation), 1 (Theil's index), or another number above 0. `threshold` is the score from which a row is positive.

    The index has no scale that people know, so there is no rule by default: it is recorded, for comparing models on
    the same rows. Groups weigh by their rows, so small ones neither hide nor decide. The interval of the part between
    groups is that of a non-central chi-square, which allows for the index being above 0 by chance alone.

    ## What to do
    Read `fairness.equalized_odds_difference` for which groups bear which errors. fairlearn's
    `reductions.ExponentiatedGradient` with `EqualizedOdds()` and its `postprocessing.ThresholdOptimizer` even them out;
    docs/fairness.md runs both.
    """
    from mlgate_fairness.entropy import benefit_families, between, over_all_rows
    from mlgate_fairness.mitigation import ADVICE

    families = benefit_families(scored_test, intersections, threshold, alpha)
    everyone = over_all_rows(scored_test, threshold, alpha)
    parts = [Part(part_name(family.spec), between(family.values, alpha)) for family in families]
    worst = max(parts, key=lambda part: part.estimate.value)
    apart = worst.estimate.value
    note = f"Of the index of all rows, {everyone.value:.4g}, {apart:.4g} lies between groups of {worst.name}."
    return Measurement(
        worst.estimate if method == "between_groups" else everyone,
        parts=(*parts, Part("all_rows", everyone)),
        notes=(note, ADVICE),
        data={"method": method, "alpha": alpha},
    )
