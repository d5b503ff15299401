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
chance that it has to be taken for more than D from there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from mlgate_fairness.values import Numbers

NEAR = 1.0
APART = 4.0
"""Standard errors between a contrast of two groups and the same the other way round, from which on they are two."""
EACH: Numbers = np.concatenate([np.arange(0, 1, 0.5), np.arange(1, 3.5, 0.25), np.arange(3.5, 8.5, 0.5)])
"""Standard normal quantiles at which single contrasts are bounded."""
_AT_ONCE = 1 << 19


@dataclass(frozen=True, slots=True)
class Harms:
    """The contrasts that share the error, with their standard errors: each two groups once, turned to be positive.

    `mirrored`: a contrast could also be that of the two the other way round; a value alone could not.
    """

    value: Numbers
    se: Numbers
    mirrored: bool


def together(bounds: Numbers, harms: Harms, quantiles: Numbers) -> Numbers:
    """The lower bounds of the largest contrast at `quantiles` of the whole interval.

    `bounds` are the largest of the contrasts' own lower bounds, at the quantiles `EACH`.
    """
    spent, claims = _spent(bounds, harms)
    reached = _quantile(spent / (1 + np.clip(claims, 0, 1)))
    reached = np.minimum.accumulate(reached[::-1])[::-1]  # a lower D is no easier to exclude
    found: Numbers = np.interp(quantiles, reached, bounds)
    return found


def _spent(bounds: Numbers, harms: Harms) -> tuple[Numbers, Numbers]:
    """At each of the bounds, were it D: the chance that some contrast excludes D, and the claims to it beyond one."""
    se = np.maximum(harms.se, 1e-12)
    step = max(1, _AT_ONCE // len(se))
    spent, claims = np.zeros(len(bounds)), np.zeros(len(bounds))
    for start in range(0, len(bounds), step):
        rows = slice(start, start + step)
        each, bound = EACH[rows, None], bounds[rows, None]
        short = np.maximum((bound - harms.value) / se - NEAR, 0)
        tails = _tail(each + short)
        spent[rows] = tails.sum(axis=1)
        claims[rows] = spent[rows] / _tail(EACH[rows]) - 1
        if harms.mirrored:
            apart = 2 * np.maximum(bound, 0) / se
            spent[rows] += _tail(each + np.maximum(apart - short, short)).sum(axis=1)
            likeliest = apart[np.arange(len(apart)), tails.argmax(axis=1)]
            claims[rows] = np.maximum(claims[rows], 1 - likeliest / APART)
    return spent, claims


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
