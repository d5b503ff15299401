"""How an interval for a maximum shares its error: among contrasts that could be the largest, and between its sides.

Let D be the largest of contrasts d_k. Its upper bound is the largest of upper bounds that hold one by one, each missing
in alpha / 2: all of those that are tied at D must miss together for D to be missed. Its lower bound is the largest of
lower bounds that must hold all at once. What the upper side can't spend is left for the lower one, so that both
together miss in alpha:

- One contrast that is clearly the largest misses in alpha / 2 on either side, as an interval of it alone.
- m of them that could be the largest share alpha, each alpha / m. Of two that are tied each has alpha / 2, and both
  sides miss in P(A1 or A2) + P(B1 and B2), which is alpha where the estimates scatter alike up and down, whatever their
  correlation.
- A contrast of two groups may be that of the same two the other way round, and then is never missed from below: its
  lower bound has alpha where D is 0, falling to alpha / 2 at a D of two standard errors (Feldman and Cousins, Physical
  Review D 57, 1998, 3873-3889, for a number that can't be negative).

Which contrasts could be the largest is asked of every D in turn (Andrews and Soares, Econometrica 78, 2010, 119-157):
one that is estimated `NEAR` standard errors below D may be D, and counts in full; one farther below counts by the
chance that it has to be taken for more than D from there. Contrasts of the same groups err together: a group that is
too high by chance is too far from all others. So the contrast that exceeds D most surely is moved to D, and what the
others share with it moves with it (least squares under the constraint that this contrast is D).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mlgate_fairness.values import Numbers

NEAR = 0.5
APART = 4.0
"""Standard errors between a contrast of two groups and the same the other way round, from which on they are two."""
EACH: Numbers = np.concatenate([np.arange(0, 1, 0.5), np.arange(1, 3.5, 0.25), np.arange(3.5, 8.5, 0.5)])
"""Standard normal quantiles at which single contrasts are bounded."""
_AT_ONCE = 1 << 19


@dataclass(frozen=True, slots=True)
class Harms:
    """Contrasts that share the error, with their standard errors: each two groups once, turned to be positive.

    `mirrored`: a contrast could also be that of the two the other way round; a value alone could not. Each is one value
    (`here`, turned up), or one less another (`there`), and `covariance` is that of all values.
    """

    value: Numbers
    se: Numbers
    mirrored: bool
    covariance: Numbers
    here: NDArray[np.intp]
    there: NDArray[np.intp] | None = None

    def short(self, largest: Numbers) -> Numbers:
        """By how many standard errors each falls short of D, were D the largest: shape (bounds, contrasts)."""
        se = np.maximum(self.se, 1e-12)
        over = self.value - largest[:, None]
        surest = (over / se).argmax(axis=1)
        too_far = np.maximum(over[np.arange(len(over)), surest], 0)
        moved = (too_far / se[surest] ** 2)[:, None] * self._shared(surest)
        found: Numbers = np.maximum((moved - over) / se - NEAR, 0)
        return found

    def _shared(self, places: NDArray[np.intp]) -> Numbers:
        """The covariance of some contrasts with every one."""
        along: Numbers = self.covariance[self.here[places]]
        if self.there is None:
            return along[:, self.here]
        along = along - self.covariance[self.there[places]]
        found: Numbers = along[:, self.here] - along[:, self.there]
        return found


def together(bounds: Numbers, harms: Sequence[Harms], quantiles: Numbers) -> Numbers:
    """The lower bounds of the largest contrast at `quantiles` of the whole interval.

    `bounds` are the largest of the contrasts' own lower bounds, at the quantiles `EACH`.
    """
    spent, claims = _spent(bounds, harms)
    reached = _quantile(spent / (1 + np.clip(claims, 0, 1)))
    reached = np.minimum.accumulate(reached[::-1])[::-1]  # a lower D is no easier to exclude
    found: Numbers = np.interp(quantiles, reached, bounds)
    return found


def _spent(bounds: Numbers, harms: Sequence[Harms]) -> tuple[Numbers, Numbers]:
    """At each of the bounds, were it D: the chance that some contrast excludes D, and the claims to it beyond one."""
    tails, turned, turning, likeliest = (np.zeros(len(bounds)) for _ in range(4))
    for each in harms:
        step = max(1, _AT_ONCE // max(len(each.se), 1))
        for start in range(0, len(bounds), step):
            rows = slice(start, start + step)
            largest = np.maximum(bounds[rows], 0) if each.mirrored else bounds[rows]
            short = each.short(largest)
            tail = _tail(EACH[rows, None] + short)
            tails[rows] += tail.sum(axis=1)
            if each.mirrored:
                apart = 2 * largest[:, None] / np.maximum(each.se, 1e-12)
                turned[rows] += _tail(EACH[rows, None] + np.maximum(apart - short, short)).sum(axis=1)
                place = (np.arange(len(tail)), tail.argmax(axis=1))
                turning[rows] = np.where(tail[place] > likeliest[rows], 1 - apart[place] / APART, turning[rows])
                likeliest[rows] = np.maximum(likeliest[rows], tail[place])
    return tails + turned, np.maximum(tails / _tail(EACH) - 1, turning)


@cache
def _normal() -> tuple[Numbers, Numbers]:
    """Quantiles and the logarithms of their upper tails; importing scipy for them takes half a second."""
    places = np.arange(-3, 20, 0.02)
    return places, np.array([math.log(math.erfc(place / math.sqrt(2)) / 2) for place in places.tolist()])


def _tail(quantile: Numbers) -> Numbers:
    found: Numbers = np.exp(np.interp(quantile, *_normal()))
    return found


def _quantile(tail: Numbers) -> Numbers:
    places, logs = _normal()
    found: Numbers = np.interp(-np.log(tail), -logs, places)
    return found
