"""Intervals and tests: how sure a number is."""

from mlgate.stats.estimate import Estimate, Interval, Scale, Spread

__all__ = ["Estimate", "Interval", "Scale", "Spread"]
