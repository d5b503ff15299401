"""The ROC and the precision-recall curve of a ranking, as points few enough for a record to hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlgate.results import Json
from mlgate.tabular.tabulate import Numbers

MOST = 100
"""Points of one curve: no eye tells more of them apart on a page."""
_DIGITS = 5


def roc(counts: Numbers) -> dict[str, Json]:
    """The share of positives found by the share of negatives taken for them, from the highest score down.

    `counts` are rows by class and bin of the score, shape (2, bins), of both classes some.
    """
    false, true = _reached(counts)
    kept = _spread(false + true)
    return {"false_positive_rate": _told(false[kept]), "true_positive_rate": _told(true[kept])}


def precision_recall(counts: Numbers) -> dict[str, Json]:
    """The share of true positives among what is taken, by the share of positives found (no interpolation)."""
    false, true = _reached(counts)
    negatives, positives = counts.sum(axis=1)
    found, taken = true[1:] * positives, true[1:] * positives + false[1:] * negatives
    precision = found / taken
    kept = _spread(true[1:])
    return {"recall": _told(true[1:][kept]), "precision": _told(precision[kept])}


def _reached(counts: Numbers) -> tuple[Numbers, Numbers]:
    """The shares of negatives and of positives at or above every score that rows have; 0 first."""
    used = counts[:, counts.sum(axis=0) > 0][:, ::-1]
    shares = np.cumsum(used, axis=1) / used.sum(axis=1, keepdims=True)
    return np.concatenate(([0.0], shares[0])), np.concatenate(([0.0], shares[1]))


def _spread(along: Numbers) -> NDArray[np.intp]:
    """The places of at most `MOST` points at about even distances along what never falls; both ends are kept."""
    if len(along) <= MOST:
        return np.arange(len(along))
    places = np.searchsorted(along, np.linspace(along[0], along[-1], MOST - 1))
    return np.unique(np.concatenate((places, [len(along) - 1])))


def _told(shares: Numbers) -> Json:
    return [round(float(share), _DIGITS) for share in shares]
