"""The difference of two numbers that were not measured in pairs."""

from __future__ import annotations

import math

from mlgate.stats.estimate import Estimate, Interval


def unpaired_difference(after: Estimate, before: Estimate, level: float) -> Interval:
    """The interval at `level` around after - before, from the interval around each, whatever scale these were made on.

    "Square and add": Zou & Donner (2008), Construction of confidence limits about effect measures, Statistics in
    Medicine 27, 1693-1702; of two Wilson intervals it is method 10 of Newcombe (1998), Statistics in Medicine 17,
    873-890. It takes the two as independent: of two models on the same rows, which are mostly right on the same ones,
    it is too wide.
    """
    value = after.value - before.value
    later, earlier = after.interval(level), before.interval(level)
    down = math.hypot(_reach(after.value, later.low), _reach(earlier.high, before.value))
    up = math.hypot(_reach(later.high, after.value), _reach(before.value, earlier.low))
    return Interval(value - down, value + up, level, "square-and-add")


def _reach(high: float, low: float) -> float:
    """How far an end is; a shrunken interval may end short of the estimate, and then does not reach."""
    return max(0.0, high - low)
