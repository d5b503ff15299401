"""What chance alone adds to a number that is picked as the largest of many or folded at zero: its bias.

On few rows such a number lies off the truth by more than its interval allows. The interval is then drawn around the
number with the bias taken off; the number itself stays what everybody else computes. Resampling is seeded: the same
rows give the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from mlgate.tabular.calibration import gaps_by_bin
from mlgate.tabular.measuring import Bench, Question, Reading
from mlgate.tabular.sampling import SHARDS
from mlgate.tabular.tabulate import Axis, Numbers, tabulate

RESAMPLES = 100
_BITS = 8
_PRIOR = 3.0
_MOST_BIAS = 0.282
_FAR = 3.0


def without_luck(bench: Bench, question: Question, reading: Reading) -> Reading:
    """The largest gap is also the luckiest: what it loses on other rows is what it gains by being picked.

    The optimism of a bootstrap: a resample's largest gap less the gap of all rows at the same score (Efron 1983, JASA
    78, 316-331). The gap of two shares has no more than a quarter over the rows of each class as variance; that counts
    as three rows beside those at hand.
    """
    counts, drawn = _resampled(bench, question)
    own, gaps = _gaps(counts), _gaps(drawn)
    place = np.abs(gaps).argmax(axis=1)
    found = gaps[np.arange(len(gaps)), place]
    optimism = np.abs(found) - np.sign(found) * own[place]
    units = reading.scatter.units
    fewest = 1.0 if units is None else max(float(units.min()), 1.0)
    variance = float(np.abs(found).var())
    most = max(0.25 / fewest, variance)
    least = variance + (most - variance) * _PRIOR / (_PRIOR + fewest - 1)
    return replace(reading, shift=-float(optimism.mean()), scatter=reading.scatter.at_least(least))


def without_folds(bench: Bench, question: Question, reading: Reading) -> Reading:
    """Each bin's gap is folded at zero, so that noise adds up.

    In a bin with gap g and standard error s, a gap drawn again with its sign from the first draw gains 2 s phi(g / s)
    by folding. Taken off, a bias of at most 0.282 s is left, whatever the true gap; no estimator has none (Armstrong &
    Kolesar 2018, Econometrica 86, 655-683, on intervals that allow for it). Here the square of the sum over bins, of
    those within three standard errors of zero, is added to the variance.
    """
    gap, se = gaps_by_bin(bench.cut(question), bench.rows.sampling)
    ratio = np.abs(gap) / np.maximum(se, 1e-300)
    gained = 2 * se * np.exp(-np.square(np.minimum(ratio, 40.0)) / 2) / math.sqrt(2 * math.pi)
    left = _MOST_BIAS * float(se[ratio < _FAR].sum())
    scatter = replace(reading.scatter, variance=reading.scatter.variance + left**2)
    return replace(reading, shift=-float(gained.sum()), scatter=scatter)


UNBIASED: Mapping[str, Callable[[Bench, Question, Reading], Reading]] = MappingProxyType(
    {"ks": without_luck, "ece": without_folds}
)


def _resampled(bench: Bench, question: Question) -> tuple[Numbers, Numbers]:
    """Cells [label, bin] of all rows, and of resamples of rows (a Poisson number of each) or of whole shards."""
    binned, sampling = bench.binned(question.metric.name), bench.rows.sampling
    shift = max(binned.bits - _BITS, 0)
    axes = [Axis(bench.rows.label, 2), Axis(binned.codes, 1 << binned.bits - shift, shift)]
    draw = np.random.default_rng(0)
    if sampling.simple:
        counts = tabulate(axes)
        drawn = draw.poisson(counts, size=(RESAMPLES, *counts.shape)).astype(float)
        return counts, drawn[(drawn.sum(axis=2) > 0).all(axis=1)]
    shard, shards = sampling.shard, sampling.shards
    if shard is None:
        shard, shards = (np.arange(sampling.rows) % SHARDS).astype(np.uint8), min(SHARDS, sampling.rows)
    parts = tabulate([Axis(shard, shards), *axes], sampling.weight)
    often = draw.multinomial(shards, np.full(shards, 1 / shards), size=RESAMPLES).astype(float)
    drawn = (often @ parts.reshape(shards, -1)).reshape(RESAMPLES, *parts.shape[1:])
    return parts.sum(axis=0), drawn[(drawn.sum(axis=2) > 0).all(axis=1)]


def _gaps(counts: Numbers) -> Numbers:
    shares = np.cumsum(counts, axis=-1) / counts.sum(axis=-1, keepdims=True)
    apart: Numbers = shares[..., 0, :] - shares[..., 1, :]
    return apart
