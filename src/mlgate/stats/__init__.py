"""Intervals and tests: how sure a number is."""

from mlgate.stats.curve import Curve
from mlgate.stats.estimate import Estimate, Interval, Scale, Spread
from mlgate.stats.shares import difference_of_shares
from mlgate.stats.unpaired import unpaired_difference

__all__ = ["Curve", "Estimate", "Interval", "Scale", "Spread", "difference_of_shares", "unpaired_difference"]
