"""Two models' gaps on the same rows, as one measurement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate import CheckError, Comparison, Estimate, Measurement, Spread, TooSmall
from mlgate.stats import Curve
from mlgate_fairness.asking import Asked
from mlgate_fairness.comparing import Comparing
from mlgate_fairness.entropies import apart
from mlgate_fairness.entropy import benefits, between
from mlgate_fairness.gaps import Gap
from mlgate_fairness.mitigation import ADVICE
from mlgate_fairness.pairing import difference
from mlgate_fairness.rivals import mean_pairs
from mlgate_fairness.shape import Shape
from mlgate_fairness.subjects import part_name

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable


def against_champion(scored: ScoredTable, gap: Gap, metric: str, asked: Asked) -> Measurement:
    """The candidate's gap with the champion's and their paired difference; of ratios, their shortfalls from 1."""
    ours, theirs = [pair.ours for pair in gap.pairs], [pair.theirs for pair in gap.pairs]
    comparing = Comparing(gap.shape, asked.method, asked.sizes, notes=(gap.said, ADVICE))
    measured = comparing.measure(ours, scored.rows)
    champion = comparing.worst(theirs, scored.rows)
    if champion is None:
        raise CheckError("The champion's gap is not defined: no two groups have the metric under it.")
    found = difference(
        [comparing.contrasts(family.values) for family in ours],
        [comparing.contrasts(family.values) for family in theirs],
        [pair.joint for pair in gap.pairs],
        scored.rows,
    )
    rival = champion.estimate
    if gap.shape is Shape.RATIO:
        measured, rival = _from_one(measured), _short(rival)
    return replace(
        measured,
        comparison=Comparison(rival, found, higher_is_better=False),
        too_small=_sorted({*measured.too_small, *comparing.small(theirs)}),
        data={**measured.data, "gap": metric},
    )


def entropies(scored: ScoredTable, asked: Asked, alpha: float = 2.0) -> Measurement:
    """The part of the candidate's generalized entropy that lies between groups, beside the champion's there."""
    from mlgate import Scale

    theirs = benefits(scored, asked.threshold, champion=True)
    both = benefits(scored, asked.threshold), theirs
    pairs = mean_pairs(scored, "mean benefit", both, Scale.IDENTITY, asked.intersections)
    worst = max(pairs, key=lambda pair: between(pair.ours.values, alpha).value)
    ours, rival = between(worst.ours.values, alpha), between(worst.theirs.values, alpha)
    where = f"The number is generalized_entropy between groups of {part_name(worst.ours.spec)}."
    return Measurement(
        ours,
        comparison=Comparison(
            rival, apart(worst.ours.values, worst.theirs.values, worst.joint, alpha), higher_is_better=False
        ),
        notes=(where, ADVICE),
        data={"gap": "generalized_entropy", "alpha": alpha},
    )


def _from_one(measured: Measurement) -> Measurement:
    """A measured ratio and its parts as their shortfalls from 1."""
    assert measured.estimate is not None  # a ratio that is not defined was refused
    parts = tuple(replace(part, estimate=_short(part.estimate)) for part in measured.parts)
    return replace(measured, estimate=_short(measured.estimate), parts=parts)


def _short(ratio: Estimate) -> Estimate:
    spread = ratio.spread
    assert spread is not None  # every gap is bounded by a curve
    assert spread.curve is not None
    curve = Curve(tuple(1 - each for each in spread.curve.upper), tuple(1 - each for each in spread.curve.lower))
    return replace(
        ratio, value=1 - ratio.value, spread=Spread(spread.method, spread.se, least=0.0, most=1.0, curve=curve)
    )


def _sorted(small: Iterable[TooSmall]) -> tuple[TooSmall, ...]:
    return tuple(sorted(small, key=lambda each: (each.name, each.reason)))
