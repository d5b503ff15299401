"""The metrics that a scored table knows, and what each may be asked of. Pure names: no numbers are made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mlgate.tabular.columns import Task


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: for which tasks, which way is better, whether labels alone are enough, and its range.

    `low` and `high` bound its values (None: unbounded); `unit` is "1" for shares and pure numbers, "label" for
    numbers in the label's own unit.
    """

    name: str
    tasks: tuple[Task, ...]
    better: Literal["higher", "lower", "neither"]
    needs_scores: bool
    low: float | None
    high: float | None
    unit: str = "1"


_BINARY = (Task.BINARY,)
_MULTI = (Task.MULTICLASS,)
_CLASSES = (Task.BINARY, Task.MULTICLASS)
_NUMBERS = (Task.REGRESSION,)

_ALL = (
    Metric("accuracy", _CLASSES, "higher", False, 0, 1),
    Metric("balanced_accuracy", _CLASSES, "higher", False, 0, 1),
    Metric("precision", _BINARY, "higher", False, 0, 1),
    Metric("recall", _BINARY, "higher", False, 0, 1),
    Metric("specificity", _BINARY, "higher", False, 0, 1),
    Metric("false_positive_rate", _BINARY, "lower", False, 0, 1),
    Metric("false_negative_rate", _BINARY, "lower", False, 0, 1),
    Metric("selection_rate", _BINARY, "neither", False, 0, 1),
    Metric("f1", _BINARY, "higher", False, 0, 1),
    Metric("mcc", _BINARY, "higher", False, -1, 1),
    Metric("roc_auc", _BINARY, "higher", True, 0, 1),
    Metric("average_precision", _BINARY, "higher", True, 0, 1),
    Metric("ks", _BINARY, "higher", True, 0, 1),
    Metric("log_loss", _CLASSES, "lower", True, 0, None),
    Metric("brier", _BINARY, "lower", True, 0, 1),
    Metric("ece", _BINARY, "lower", True, 0, 1),
    Metric("calibration_slope", _BINARY, "neither", True, None, None),
    Metric("calibration_intercept", _BINARY, "neither", True, None, None),
    Metric("macro_f1", _MULTI, "higher", False, 0, 1),
    Metric("micro_f1", _MULTI, "higher", False, 0, 1),
    Metric("weighted_f1", _MULTI, "higher", False, 0, 1),
    Metric("macro_recall", _MULTI, "higher", False, 0, 1),
    Metric("micro_recall", _MULTI, "higher", False, 0, 1),
    Metric("weighted_recall", _MULTI, "higher", False, 0, 1),
    Metric("roc_auc_ovr", _MULTI, "higher", True, 0, 1),
    Metric("top_k", _MULTI, "higher", True, 0, 1),
    Metric("mae", _NUMBERS, "lower", False, 0, None, "label"),
    Metric("rmse", _NUMBERS, "lower", False, 0, None, "label"),
    Metric("r2", _NUMBERS, "higher", False, None, 1),
    Metric("mape", _NUMBERS, "lower", False, 0, None),
    Metric("bias", _NUMBERS, "neither", False, None, None, "label"),
    Metric("quantile_loss", _NUMBERS, "lower", False, 0, None, "label"),
    Metric("coverage", _NUMBERS, "neither", False, 0, 1),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
