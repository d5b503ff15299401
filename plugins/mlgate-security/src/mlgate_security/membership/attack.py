"""The attack by a threshold on the loss, which needs no shadow models.

Yeom, Giacomelli, Fredrikson & Jha, Privacy Risk in Machine Learning: Analyzing the Connection to Overfitting, IEEE CSF
2018, adversary 2: whoever knows a row and its label says "it was trained on" where the model's loss on it is small.
The advantage (their definition 4) is the share of training rows so called less the share of other rows so called.

The largest advantage over all thresholds is the statistic of Kolmogorov and Smirnov, above 0 by chance alone. So the
threshold is learned on one half of the rows and tried on the other, and the other way round: what is counted was seen
by no search. The interval is that of Agresti & Caffo, The American Statistician 54, 2000, of a difference of shares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, NotApplicable
from mlgate.stats import difference_of_shares

SEED = 0
FEWEST = 4
"""Rows of each table: two halves, each with two rows."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Called:
    """How many of the training rows (`members`) and of the other rows were called training rows."""

    members: int
    of_members: int
    others: int
    of_others: int

    @property
    def advantage(self) -> Estimate:
        """From -1 to 1; 0 is what whoever guesses has."""
        here, there = (self.members, self.of_members), (self.others, self.of_others)
        difference = difference_of_shares(here, there, rows=self.of_members + self.of_others)
        return replace(difference, support=min(self.of_members, self.of_others))


def attacked(members: Numbers, others: Numbers) -> Called:
    """Call rows by their losses, of shape (rows,): each half by the threshold that is best on the other half."""
    if min(len(members), len(others)) < FEWEST:
        raise NotApplicable(f"an attack is tried on {FEWEST} training rows and {FEWEST} test rows at least.")
    draw = np.random.default_rng(SEED)
    halves = [np.array_split(draw.permutation(losses), 2) for losses in (members, others)]
    found = [0, 0]
    for learned, tried in ((0, 1), (1, 0)):
        threshold = best_threshold(halves[0][learned], halves[1][learned])
        for side, half in enumerate(halves):
            found[side] += int((half[tried] <= threshold).sum())
    return Called(found[0], len(members), found[1], len(others))


def best_threshold(members: Numbers, others: Numbers) -> float:
    """The loss up to which calling rows training rows gains most; minus infinity where calling none is best."""
    losses = np.concatenate((members, others))
    gains = np.concatenate((np.full(len(members), 1 / len(members)), np.full(len(others), -1 / len(others))))
    order = np.argsort(losses, kind="stable")
    losses, gained = losses[order], np.cumsum(gains[order])
    last_of_ties = np.flatnonzero(np.append(losses[1:] != losses[:-1], True))
    best = last_of_ties[np.argmax(gained[last_of_ties])]
    return float(losses[best]) if gained[best] > 0 else -math.inf
