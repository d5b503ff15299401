"""Opening models and tables: the one road on which a model's files are read, and predictions are made."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.opening.adapting import adapt
    from mlgate.opening.admitting import overridden, refuse_findings
    from mlgate.opening.answering import disturbed, memory_of
    from mlgate.opening.caching import PredictionCache
    from mlgate.opening.digests import digest, manifest
    from mlgate.opening.locating import locate
    from mlgate.opening.predicting import predict
    from mlgate.opening.road import (
        BEFORE_OPENING,
        OpenedModel,
        StagedModel,
        Step,
        digest_model,
        open_model,
        sandbox_of,
        stage,
    )
    from mlgate.opening.tables import open_table
    from mlgate.opening.terms import Limits, Terms

# Names are looked up on first use: the built-in openers are plugins, and a list of plugins needs no numpy.
_HOME_OF = {
    "BEFORE_OPENING": "mlgate.opening.road",
    "Limits": "mlgate.opening.terms",
    "OpenedModel": "mlgate.opening.road",
    "PredictionCache": "mlgate.opening.caching",
    "StagedModel": "mlgate.opening.road",
    "Step": "mlgate.opening.road",
    "Terms": "mlgate.opening.terms",
    "adapt": "mlgate.opening.adapting",
    "digest": "mlgate.opening.digests",
    "digest_model": "mlgate.opening.road",
    "disturbed": "mlgate.opening.answering",
    "locate": "mlgate.opening.locating",
    "manifest": "mlgate.opening.digests",
    "memory_of": "mlgate.opening.answering",
    "open_model": "mlgate.opening.road",
    "open_table": "mlgate.opening.tables",
    "overridden": "mlgate.opening.admitting",
    "predict": "mlgate.opening.predicting",
    "refuse_findings": "mlgate.opening.admitting",
    "sandbox_of": "mlgate.opening.road",
    "stage": "mlgate.opening.road",
}

__all__ = [
    "BEFORE_OPENING",
    "Limits",
    "OpenedModel",
    "PredictionCache",
    "StagedModel",
    "Step",
    "Terms",
    "adapt",
    "digest",
    "digest_model",
    "disturbed",
    "locate",
    "manifest",
    "memory_of",
    "open_model",
    "open_table",
    "overridden",
    "predict",
    "refuse_findings",
    "sandbox_of",
    "stage",
]


def __getattr__(name: str) -> object:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'mlgate.opening' has no attribute {name!r}")
