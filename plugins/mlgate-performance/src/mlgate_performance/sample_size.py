"""How many rows a claim needs, and what a number of rows can show: normal approximations, as one plans with.

A claim is an estimate with variance `spread / rows`. A rule compares a two-sided interval at a confidence with a bound,
so each of its sides errs with probability `alpha = (1 - confidence) / 2`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from mlgate.stats.quantiles import upper_quantile

POWER = 0.8
"""The probability with which a plan wants a true claim to be shown; the usual one."""


def rows_for(spread: float, distance: float, alpha: float, power: float = POWER) -> int:
    """Rows with which an interval clears a bound that lies `distance` from the truth, with probability `power`.

    n = (z_alpha + z_power)^2 spread / distance^2 (Chow, Shao & Wang, Sample Size Calculations in Clinical Research,
    2nd ed. 2008, section 3.1).
    """
    return math.ceil(_reach(alpha, power) ** 2 * spread / distance**2)


def shown_by(rows: float, spread: float, alpha: float, power: float = POWER) -> float:
    """How far the truth must lie beyond a bound to be shown beyond it by `rows` rows, with probability `power`."""
    return _reach(alpha, power) * math.sqrt(spread / rows)


def paired_share(discordance: float) -> float:
    """Spread of a paired difference of two shares whose rows differ at `discordance`; the models being equal.

    Each row adds -1, 0 or 1, so its variance is the share of rows on which the two disagree (Agresti & Min, 2005,
    Biometrics 61, 1167-1169).
    """
    return discordance


def paired_mean_recall(discordance: float, class_counts: Sequence[int]) -> float:
    """Spread of a paired difference of the mean recall over classes, each with the same share of disagreements.

    A class of n_k rows adds discordance / n_k to the variance of a sum over K recalls: the rare class decides.
    """
    rows, classes = sum(class_counts), len(class_counts)
    return discordance * rows * sum(1 / count for count in class_counts) / classes**2


def one_auc(auc: float, negatives: int, positives: int) -> float:
    """Spread of one area under the ROC curve (Hanley & McNeil 1982, Radiology 143, 29-36)."""
    pair, square = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = auc * (1 - auc) + (positives - 1) * (pair - auc * auc) + (negatives - 1) * (square - auc * auc)
    return (negatives + positives) * variance / (negatives * positives)


def paired_auc(auc: float, correlation: float, negatives: int, positives: int) -> float:
    """Spread of the difference of two equal areas on the same rows, whose estimates correlate at `correlation`.

    Hanley & McNeil 1983, Radiology 148, 839-843: 2 (1 - r) times the variance of one.
    """
    return 2 * (1 - correlation) * one_auc(auc, negatives, positives)


def paired_rmse(correlation: float, kurtosis: float) -> float:
    """Spread of the *relative* difference of two equal root mean squared errors on the same rows.

    By the central limit theorem for mean squared errors and the delta method: the squared errors of one model vary by
    (kurtosis - 1) MSE^2, those of two correlate at `correlation`, and the root halves relative differences.
    """
    return (kurtosis - 1) * 2 * (1 - correlation) / 4


def _reach(alpha: float, power: float) -> float:
    return upper_quantile(alpha) + upper_quantile(1 - power)
