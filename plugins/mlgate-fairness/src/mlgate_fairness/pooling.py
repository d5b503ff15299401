"""Partial pooling: every group's share drawn towards that of all groups, the more so the fewer rows it has.

Empirical Bayes with a beta-binomial model, whose spread between groups is estimated by moments (Kleinman, JASA 68,
1973, 46-54). It steadies the display and the ranking of many small groups; its intervals lean on the model that groups
are draws from one distribution.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mlgate import Scale
from mlgate_fairness.values import GroupValues, Margins, Numbers, variance_scaled

NOTE = "Partial pooling (empirical Bayes, beta-binomial): each group's share is drawn towards that of all groups."
_MOST_PRIOR = 1e6


def pooled(values: GroupValues) -> GroupValues:
    """Shares after partial pooling; other metrics, and fewer than three groups, stay as they are."""
    known = np.flatnonzero(values.defined[:-1])
    if values.margins.scale is not Scale.SCORE or len(known) < 3:
        return values
    share, trials = values.value[known], values.margins.trials[known]
    centre = float((trials * share).sum() / trials.sum())
    prior = prior_rows(share, trials)
    value, rows = values.value.copy(), values.margins.trials.copy()
    value[known] = (trials * share + prior * centre) / (trials + prior)
    rows[known] = trials + prior
    variance = np.where(values.defined, np.maximum(value * (1 - value), 0) / rows, 0.0)
    margins = Margins(value, np.sqrt(variance), rows, values.margins.df, Scale.SCORE)
    covariance = variance_scaled(values.covariance, variance)
    return replace(values, margins=margins, covariance=covariance, rest=None, method="empirical bayes")


def prior_rows(share: Numbers, trials: Numbers) -> float:
    """How many rows the common share is worth: few where groups differ by more than chance, many where they do not."""
    total = float(trials.sum())
    centre = float((trials * share).sum()) / total
    room = centre * (1 - centre)
    chance = float((1 - trials / total).sum())
    seen = float((trials * (share - centre) ** 2).sum())
    scale = room * (float((trials * (1 - trials / total)).sum()) - chance)
    alike = (seen - room * chance) / scale if scale > 0 else 0.0
    return min(1 / alike - 1, _MOST_PRIOR) if 1 / _MOST_PRIOR < alike < 1 else (_MOST_PRIOR if alike < 0.5 else 0.0)
