"""Whether scores can be read as probabilities: calibration error, slope and intercept, and the curve to draw."""

from __future__ import annotations

import numpy as np

from mlgate.results import Json
from mlgate.tabular.points import Point, Undefined
from mlgate.tabular.row_metrics import Cut
from mlgate.tabular.sampling import Sampling
from mlgate.tabular.tabulate import Numbers

BINS = 15
"""Bins of equal width of the calibration error (Guo et al. 2017, On calibration of modern neural networks)."""
_EDGE = 1e-6
_STEPS = 50
_GRID = 0.002
_MANY_ROWS = 20_000


def ece(cut: Cut) -> Point:
    """Expected calibration error: mean over rows of |score - observed share| of the row's bin."""
    scores = cut.answers.probabilities("ece")
    bins, gap = _bins(scores), scores - cut.label
    sums = np.bincount(bins, weights=gap if cut.weight is None else cut.weight * gap, minlength=BINS)
    value = float(np.abs(sums).sum()) / _total(cut)
    return Point(value, np.sign(sums)[bins] * gap - value, len(scores))


def gaps_by_bin(cut: Cut, sampling: Sampling) -> tuple[Numbers, Numbers]:
    """Each bin's share of the calibration error, with its sign, and its standard error by rows or by shards."""
    scores = cut.answers.probabilities("ece")
    bins, gap = _bins(scores), scores - cut.label
    weighted = gap if cut.weight is None else cut.weight * gap
    sums = np.bincount(bins, weights=weighted, minlength=BINS)
    if sampling.shard is None:
        rows = np.bincount(bins, minlength=BINS)
        squares = np.bincount(bins, weights=np.square(weighted), minlength=BINS)
        variance = np.maximum(squares - np.square(sums) / np.maximum(rows, 1), 0) * rows / np.maximum(rows - 1, 1)
    else:
        keys = sampling.shard.astype(np.intp) * BINS + bins
        parts = np.bincount(keys, weights=weighted, minlength=sampling.shards * BINS).reshape(-1, BINS)
        variance = np.square(parts).sum(axis=0)
    return sums / _total(cut), np.sqrt(variance) / _total(cut)


def slope(cut: Cut) -> Point:
    """The slope of a logistic regression of the label on the score's logit (Cox 1958, Biometrika 45, 562-565)."""
    return _recalibrated(cut)[1]


def intercept(cut: Cut) -> Point:
    """The intercept of that regression."""
    return _recalibrated(cut)[0]


def _recalibrated(cut: Cut) -> tuple[Point, Point]:
    scores = np.clip(cut.answers.probabilities("calibration"), _EDGE, 1 - _EDGE)
    logit = np.log(scores / (1 - scores))
    label = np.asarray(cut.label, dtype=float)
    weight = np.ones(len(label)) if cut.weight is None else cut.weight
    if not 0 < cut.mean(label) < 1:
        raise Undefined("calibration is not defined here: only one class has rows.")
    at, all_rows, positives = _reduced(logit, label, weight)
    if np.ptp(at) == 0:
        raise Undefined("a calibration slope is not defined here: every score is the same.")
    beta, bread = _fit(at, all_rows, positives)
    residual = label - _expit(beta[0] + beta[1] * logit)
    total = float(weight.sum())
    influence = [total * (bread[place, 0] * residual + bread[place, 1] * residual * logit) for place in (0, 1)]
    support = min(float(label.sum()), float((1 - label).sum()))
    return Point(beta[0], influence[0], support), Point(beta[1], influence[1], support)


def _reduced(logit: Numbers, label: Numbers, weight: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Distinct logits with their weight and their positives' weight; many rows are put on a grid of 0.002."""
    if len(logit) <= _MANY_ROWS:
        return logit, weight, weight * label
    place = np.rint((logit - logit.min()) / _GRID).astype(np.int64)
    all_rows, positives, sums = (_sums(place, values) for values in (weight, weight * label, weight * logit))
    used = all_rows > 0
    return sums[used] / all_rows[used], all_rows[used], positives[used]


def _sums(place: np.ndarray[tuple[int, ...], np.dtype[np.int64]], values: Numbers) -> Numbers:
    return np.bincount(place, weights=values).astype(np.float64, copy=False)


def _fit(at: Numbers, rows: Numbers, positives: Numbers) -> tuple[tuple[float, float], Numbers]:
    """Newton's method from "the score says nothing"; the coefficients and the inverse of the information.

    Raises `Undefined` where one score separates the classes, so that no finite slope fits best.
    """
    share = positives.sum() / rows.sum()
    beta = np.array([np.log(share / (1 - share)), 0.0])
    for _ in range(_STEPS):
        chance = _expit(beta[0] + beta[1] * at)
        missing, spread = positives - rows * chance, rows * chance * (1 - chance)
        information = np.array([[spread.sum(), (spread * at).sum()], [(spread * at).sum(), (spread * at * at).sum()]])
        determinant = information[0, 0] * information[1, 1] - information[0, 1] ** 2
        if not np.isfinite(determinant) or determinant <= 1e-9 * max(information[0, 0] ** 2, 1e-300):
            raise Undefined("a calibration slope is not defined here: the scores separate the classes.")
        bread = np.linalg.inv(information)
        step = bread[:, 0] * missing.sum() + bread[:, 1] * (missing * at).sum()
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9 * max(1.0, float(np.abs(beta).max())):
            return (float(beta[0]), float(beta[1])), bread
    raise Undefined("a calibration slope is not defined here: no finite slope fits best.")


def curve(cut: Cut) -> dict[str, Json]:
    """Mean score and observed share of every bin that has rows."""
    scores = cut.answers.probabilities("calibration")
    bins = _bins(scores)
    weight = np.ones(len(scores)) if cut.weight is None else cut.weight
    total = np.bincount(bins, weights=weight, minlength=BINS)
    filled = np.flatnonzero(total > 0)
    return {
        "predicted": (np.bincount(bins, weights=weight * scores, minlength=BINS)[filled] / total[filled]).tolist(),
        "observed": (np.bincount(bins, weights=weight * cut.label, minlength=BINS)[filled] / total[filled]).tolist(),
        "rows": np.bincount(bins, minlength=BINS)[filled].tolist(),
    }


def _bins(scores: Numbers) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    return np.minimum((scores * BINS).astype(np.intp), BINS - 1)


def _total(cut: Cut) -> float:
    return float(len(cut.label)) if cut.weight is None else float(cut.weight.sum())


def _expit(odds: Numbers) -> Numbers:
    from scipy.special import expit

    chance: Numbers = expit(odds)
    return chance
