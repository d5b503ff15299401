"""Predictors that any model must beat: a constant, and one split on one column."""

from mlgate_performance.trivial.predictors import Trivial, trivial_predictors

__all__ = ["Trivial", "trivial_predictors"]
