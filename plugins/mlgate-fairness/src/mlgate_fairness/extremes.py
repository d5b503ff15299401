"""The largest difference (or smallest ratio) of many groups, with an interval that is right for a maximum.

Let D be the largest of the contrasts d_k, each a difference of two groups (or of a group and all rows). Resampling the
estimated maximum is biased upward where contrasts are close: the percentile bootstrap may leave D out altogether. The
bounds here are exact in a simpler way. D is at least each d_k, so its lower bound is the largest of lower bounds that
hold together; and since D is one of the d_k, the largest of upper bounds that need hold only one by one is an upper
bound of it (an intersection-union test: Berger, Technometrics 24, 1982, 295-300). What has to hold together are only
the contrasts that could be the largest, and they have what the other side can't spend (see `sharing`). A single clear
maximum pays nothing for the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Scale, Spread
from mlgate.stats import Curve
from mlgate_fairness.recovery import Sides, against_rest, difference_bounds, ratio_bounds
from mlgate_fairness.shape import Shape
from mlgate_fairness.sharing import EACH, Harms, together
from mlgate_fairness.values import GroupValues, Numbers

QUANTILES: Numbers = np.array([0.5 * place for place in range(13)])
_AT_ONCE = 1 << 20
_FAR = 1e12
SELECT = 3.0
METHOD = "bonferroni-mover"


@dataclass(frozen=True, slots=True)
class Block:
    """One metric on the groups of some columns, and which groups are large enough to be judged."""

    values: GroupValues
    judged: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Place:
    """A value and where it is: the block, the group that it speaks of and the one that this is held against.

    `other` is None where a group is held against all rows, or against none.
    """

    value: float
    block: int
    group: int
    other: int | None


@dataclass(frozen=True, slots=True)
class Extreme:
    """The estimate, and where it is."""

    estimate: Estimate
    place: Place


@dataclass(frozen=True, slots=True)
class Contrasts:
    """All contrasts of one block: values `here` against values `there` (places in the block's arrays)."""

    block: Block
    shape: Shape
    here: NDArray[np.intp]
    there: NDArray[np.intp]
    to_overall: bool = False

    @property
    def estimate(self) -> Numbers:
        value = self.block.values.value
        return point(self.shape, value[self.here], value[self.there])

    @property
    def judged(self) -> NDArray[np.bool_]:
        judged = np.append(self.block.judged, True)
        fit: NDArray[np.bool_] = judged[self.here] & judged[self.there]
        return fit

    def of(self, fit: NDArray[np.bool_]) -> Contrasts:
        """Some of them."""
        return replace(self, here=self.here[fit], there=self.there[fit])

    def bounds(self, quantiles: Numbers) -> tuple[Numbers, Numbers]:
        """Both bounds of every contrast at standard normal quantiles: shape (quantiles, contrasts)."""
        values = self.block.values
        low, high = values.margins.bounds(quantiles)
        if self.shape is Shape.LEVEL:
            return low[:, self.here], high[:, self.here]
        if self.to_overall and values.rest is not None:
            return against_rest(values, values.rest, self.shape, (self.here, self.there), quantiles)
        rho = values.correlation()[self.here, self.there]
        down, up = values.value - low, high - values.value
        sides = Sides(down[:, self.here], up[:, self.here], down[:, self.there], up[:, self.there])
        join = ratio_bounds if self.shape is Shape.RATIO else difference_bounds
        return join(values.value[self.here], values.value[self.there], sides, rho)

    def scores(self) -> tuple[Numbers, Numbers, Numbers]:
        """Contrasts on a scale where they vary evenly, turned so that the largest is sought, with their covariances."""
        value, covariance = self.block.values.smoothed()
        if self.shape is Shape.RATIO:
            value, covariance = np.log(np.maximum(value, 1e-12)), covariance / np.maximum(np.outer(value, value), 1e-24)
        score = value[self.here].copy()
        if self.shape is not Shape.LEVEL:
            score -= value[self.there]
        return (-score if self.shape is Shape.RATIO else score), value, covariance


def contrasts(block: Block, shape: Shape, *, to_overall: bool) -> Contrasts:
    """Every ordered pair of groups with a value, or every group against all rows, both ways round."""
    whole = block.values.groups
    known = np.flatnonzero(block.values.defined[:-1])
    if to_overall and block.values.rest is not None:
        known = known[np.isfinite(block.values.rest.margins.value[known])]
    if shape is Shape.LEVEL:
        return Contrasts(block, shape, known, known)
    if to_overall:
        rest = np.full(len(known), whole)
        return Contrasts(block, shape, np.concatenate([known, rest]), np.concatenate([rest, known]), True)
    here, there = (each.reshape(-1) for each in np.meshgrid(known, known, indexing="ij"))
    apart = here != there
    return Contrasts(block, shape, here[apart], there[apart])


def extreme(parts: Sequence[Contrasts], rows: int) -> Extreme | None:
    """The largest (of ratios: the smallest) of all contrasts, with its confidence curve; None where there is none."""
    place = furthest(parts)
    if place is None:
        return None
    shape, value = parts[0].shape, place.value
    filled = [part for part in parts if len(part.here)]
    curve = _curve(filled, shape, value)
    shares = all(part.block.values.margins.scale is Scale.SCORE for part in filled)
    least = None if shape is Shape.LEVEL else 0.0
    most = 1.0 if shape is Shape.RATIO or (shares and shape is Shape.DIFFERENCE) else None
    spread = Spread(METHOD, (curve.upper[2] - curve.lower[2]) / 2, least=least, most=most, curve=curve)
    support = int(parts[place.block].block.values.support[place.group])
    return Extreme(Estimate(value, rows, spread, min(support, rows)), place)


def furthest(parts: Sequence[Contrasts]) -> Place | None:
    """Where the largest difference, the smallest ratio or the largest value is; None where there is none."""
    best: Place | None = None
    for block, part in enumerate(parts):
        sign = -1.0 if part.shape is Shape.RATIO else 1.0
        estimates = np.nan_to_num(sign * part.estimate, nan=-math.inf)
        if not len(estimates) or not math.isfinite(estimates.max()):
            continue
        most = int(estimates.argmax())
        if best is None or estimates[most] > sign * best.value:
            best = _placed(part, block, most, sign * float(estimates[most]))
    return best


def _placed(part: Contrasts, block: int, most: int, value: float) -> Place:
    here, there, whole = int(part.here[most]), int(part.there[most]), part.block.values.groups
    if part.shape is Shape.LEVEL or there == whole:
        return Place(value, block, here, None)
    return Place(value, block, there, None) if here == whole else Place(value, block, here, there)


def point(shape: Shape, one: Numbers, other: Numbers) -> Numbers:
    """Differences, ratios (none where nothing is divided by nothing), or the values alone."""
    if shape is Shape.LEVEL:
        return one
    if shape is Shape.DIFFERENCE:
        return one - other
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Numbers = one / other
    return found


def plausible(parts: Sequence[Contrasts], select: float = SELECT) -> list[NDArray[np.bool_]]:
    """Which contrasts of groups that may be judged could be the largest of them (of ratios: the smallest)."""
    scored = [part.scores() for part in parts]
    open_to = [part.judged & np.isfinite(score) for part, (score, _, _) in zip(parts, scored, strict=True)]
    if not any(fit.any() for fit in open_to):
        return open_to
    best = max(range(len(parts)), key=lambda each: float(np.max(scored[each][0], where=open_to[each], initial=-np.inf)))
    first = int(np.where(open_to[best], scored[best][0], -np.inf).argmax())
    top = float(scored[best][0][first])
    own = np.sqrt(_variance(parts[best], scored[best][2]))[first]
    kept = []
    for each, part in enumerate(parts):
        score, _, covariance = scored[each]
        apart = np.sqrt(_variance(part, covariance)) + own
        if each == best:
            apart = np.sqrt(np.maximum(_variance_between(part, covariance, first), 0))
        kept.append(open_to[each] & (top - score <= select * apart))
    return kept


def _curve(parts: Sequence[Contrasts], shape: Shape, value: float) -> Curve:
    """The bound on the side of no harm holds for all plausible contrasts together, the other for each by itself."""
    shown = _shown(parts, shape)
    if shape is Shape.RATIO:
        high = np.ones(len(QUANTILES)) if shown is None else np.exp(-shown)
        low = _ends(parts, QUANTILES, 0, np.nanmin)
    else:
        low = np.full(len(QUANTILES), min(0.0, value)) if shown is None else shown
        high = _ends(parts, QUANTILES, 1, np.nanmax)
    return _widening(np.minimum(low, value), np.maximum(high, value))


def _shown(parts: Sequence[Contrasts], shape: Shape) -> Numbers | None:
    """The lower bounds of the harm, of ratios that of -log(ratio); None where no contrast may be judged."""
    claims = [(part.of(fit), harms) for part in parts for fit, harms in [_claims(part)] if fit.any()]
    if not claims:
        return None
    kept, harms = [part for part, _ in claims], [each for _, each in claims]
    if shape is Shape.RATIO:
        return together(-np.log(np.maximum(_ends(kept, EACH, 1, np.min), 1e-12)), harms, QUANTILES)
    return together(_ends(kept, EACH, 0, np.max), harms, QUANTILES)


def _claims(part: Contrasts) -> tuple[NDArray[np.bool_], Harms]:
    """Each two groups that may be judged, turned so that they differ upwards: which, by how much, how surely."""
    score, _, covariance = part.scores()
    fit = part.judged & np.isfinite(score)
    if part.shape is not Shape.LEVEL:
        fit &= (score > 0) | ((score == 0) & (part.here < part.there))
    if part.to_overall and part.block.values.groups == 2 and fit.any():
        fit &= np.arange(len(score)) == np.where(fit, score, -np.inf).argmax()  # the other is a multiple of it
    level = part.shape is Shape.LEVEL
    se = np.sqrt(_variance(part, covariance)[fit])
    there = None if level else part.there[fit]
    return fit, Harms(score[fit], se, not level, covariance, part.here[fit], there)


def _ends(parts: Sequence[Contrasts], quantiles: Numbers, side: int, furthest: Callable[..., Numbers]) -> Numbers:
    """The furthest of all contrasts' bounds on one side, at each quantile; many contrasts a few quantiles at a time."""
    ends = []
    for part in parts:
        if not len(part.here):
            continue
        step = max(1, _AT_ONCE // len(part.here))
        chunks = (part.bounds(quantiles[start : start + step])[side] for start in range(0, len(quantiles), step))
        ends.append(np.concatenate([furthest(np.minimum(chunk, _FAR), axis=1) for chunk in chunks]))
    return furthest(np.stack(ends), axis=0)


def _widening(low: Numbers, high: Numbers) -> Curve:
    lower, upper = np.minimum.accumulate(low).tolist(), np.maximum.accumulate(high).tolist()
    return Curve(tuple(lower), tuple(upper))


def _variance(part: Contrasts, covariance: Numbers) -> Numbers:
    own = np.diagonal(covariance)
    if part.shape is Shape.LEVEL:
        return own[part.here]
    found: Numbers = own[part.here] + own[part.there] - 2 * covariance[part.here, part.there]
    return np.maximum(found, 0)


def _variance_between(part: Contrasts, covariance: Numbers, first: int) -> Numbers:
    """Of every contrast's difference to the one in the first place."""
    weights = np.zeros(len(covariance))
    weights[part.here[first]] += 1
    if part.shape is not Shape.LEVEL:
        weights[part.there[first]] -= 1
    along = covariance @ weights
    shared = along[part.here] - (0 if part.shape is Shape.LEVEL else along[part.there])
    found: Numbers = _variance(part, covariance) + float(weights @ along) - 2 * shared
    return found
