"""Segments of the rows, searched for on one half of them and measured on the other."""

from mlgate_performance.segments.holding import Held, shown
from mlgate_performance.segments.losses import chosen
from mlgate_performance.segments.scoring import TOLERANCE
from mlgate_performance.segments.study import Study, study
from mlgate_performance.segments.words import Tested

__all__ = ["TOLERANCE", "Held", "Study", "Tested", "chosen", "shown", "study"]
