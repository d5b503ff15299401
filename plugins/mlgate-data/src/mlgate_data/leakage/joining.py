"""More evidence of a column that is suspect: the training rows, held out in turn, join the test rows."""

from __future__ import annotations

import math

import numpy as np

from mlgate import Estimate
from mlgate_data.leakage.coding import Coded, Codes
from mlgate_data.leakage.telling import Labels

_FOLDS = 5
_APART = 2.576
"""Standard errors between the two tables from which on they speak of different things (99% of equal ones do not)."""


def joined(labels: Labels, column: Coded) -> Estimate:
    """How far the column goes on rows that it did not learn from, of both tables.

    A training row is answered by what the column learned from the four fifths of train that its fold is not in: rows
    of one entity share a fold. Where the tables agree within chance, the estimate is that of all rows; where they do
    not, train says nothing of the test table, and the estimate is that of the test rows alone.
    """
    of_train, of_test = labels.entities or (None, None)
    test = labels.answers(column)[1]
    alone = labels.judged(test, labels.test, of_test)
    held = np.zeros(len(labels.train), dtype=test.dtype)
    folds = _folds(labels)
    for fold in range(_FOLDS):
        learned, out = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if not len(out) or not len(learned):
            return alone
        held[out] = labels.part(learned, out).answers(column.part(learned, out))[1]
    cross = labels.judged(held, labels.train, of_train)
    if abs(alone.value - cross.value) > _APART * math.hypot(_error(alone), _error(cross)):
        return alone
    entities = None if of_train is None or of_test is None else np.concatenate([of_train, of_test])
    return labels.judged(np.concatenate([held, test]), np.concatenate([labels.train, labels.test]), entities)


def _folds(labels: Labels) -> Codes:
    """The fold of each training row: by its entity, else at random, the same ones every time."""
    if labels.entities is None:
        return np.random.default_rng(0).permutation(len(labels.train)) % _FOLDS
    return np.unique(labels.entities[0], return_inverse=True)[1] % _FOLDS


def _error(estimate: Estimate) -> float:
    return estimate.spread.se if estimate.spread else 0.0
