"""The measuring kernel: tables, predictions, and every metric with its interval.

Rows are reduced once to a small tally; metrics, slices and comparisons are then computed from it.
Names are looked up on first use, so that reading a gate file needs no numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.tabular.columns import Columns, Forgiven, Task
    from mlgate.tabular.metrics import METRICS, Metric
    from mlgate.tabular.predictions import PredictionKind, Predictions
    from mlgate.tabular.scored import ScoredTable
    from mlgate.tabular.scoring import score
    from mlgate.tabular.table import Table
    from mlgate.tabular.user_schemas import load_schema

_HOME_OF = {
    "METRICS": "mlgate.tabular.metrics",
    "Columns": "mlgate.tabular.columns",
    "Forgiven": "mlgate.tabular.columns",
    "Metric": "mlgate.tabular.metrics",
    "PredictionKind": "mlgate.tabular.predictions",
    "Predictions": "mlgate.tabular.predictions",
    "ScoredTable": "mlgate.tabular.scored",
    "Table": "mlgate.tabular.table",
    "Task": "mlgate.tabular.columns",
    "load_schema": "mlgate.tabular.user_schemas",
    "score": "mlgate.tabular.scoring",
}

__all__ = [
    "METRICS",
    "Columns",
    "Forgiven",
    "Metric",
    "PredictionKind",
    "Predictions",
    "ScoredTable",
    "Table",
    "Task",
    "load_schema",
    "score",
]


def __getattr__(name: str) -> object:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'mlgate.tabular' has no attribute {name!r}")
