"""mlgate decides whether an ML model version may be promoted, and proves why."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.attestation.signed_models import verify_model
    from mlgate.checks import Better, Check, Drafter, PlanLine, Planner, Stage, TestFacts, check
    from mlgate.errors import (
        AttestationRefused,
        CheckError,
        DataError,
        MlgateError,
        ModelError,
        NotApplicable,
        PromotionRefused,
        RegistryError,
    )
    from mlgate.gate import GateRequest, run_gate
    from mlgate.opening.adapting import adapt
    from mlgate.opening.scanning.scan import scan_model
    from mlgate.opening.skops_files import load_skops
    from mlgate.resources import ResourceProvider
    from mlgate.results import (
        Comparison,
        Finding,
        Json,
        JudgedBy,
        Location,
        Measurement,
        Part,
        Record,
        Severity,
        SliceMeasurement,
        TooSmall,
    )
    from mlgate.spec import (
        AliasMove,
        CheckFinished,
        Feature,
        FeatureKind,
        LocatedModel,
        Model,
        ModelOpener,
        RegisteredVersion,
        Registry,
        Reporter,
        RunFinished,
        RunStarted,
        TableOpener,
        hookimpl,
    )
    from mlgate.stats import Estimate, Interval, Scale, Spread

__version__ = "0.1.0"

# Names are looked up on first use: `import mlgate` must cost nothing in a pytest run that uses no gate.
_HOMES = {
    "mlgate.attestation.signed_models": ("verify_model",),
    "mlgate.checks": ("Better", "Check", "Drafter", "PlanLine", "Planner", "Stage", "TestFacts", "check"),
    "mlgate.errors": (
        "AttestationRefused",
        "CheckError",
        "DataError",
        "MlgateError",
        "ModelError",
        "NotApplicable",
        "PromotionRefused",
        "RegistryError",
    ),
    "mlgate.gate": ("GateRequest", "run_gate"),
    "mlgate.opening.adapting": ("adapt",),
    "mlgate.opening.scanning.scan": ("scan_model",),
    "mlgate.opening.skops_files": ("load_skops",),
    "mlgate.resources": ("ResourceProvider",),
    "mlgate.results": (
        "Comparison",
        "Finding",
        "Json",
        "JudgedBy",
        "Location",
        "Measurement",
        "Part",
        "Record",
        "Severity",
        "SliceMeasurement",
        "TooSmall",
    ),
    "mlgate.spec": (
        "AliasMove",
        "CheckFinished",
        "Feature",
        "FeatureKind",
        "LocatedModel",
        "Model",
        "ModelOpener",
        "RegisteredVersion",
        "Registry",
        "Reporter",
        "RunFinished",
        "RunStarted",
        "TableOpener",
        "hookimpl",
    ),
    "mlgate.stats": ("Estimate", "Interval", "Scale", "Spread"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AliasMove",
    "AttestationRefused",
    "Better",
    "Check",
    "CheckError",
    "CheckFinished",
    "Comparison",
    "DataError",
    "Drafter",
    "Estimate",
    "Feature",
    "FeatureKind",
    "Finding",
    "GateRequest",
    "Interval",
    "Json",
    "JudgedBy",
    "LocatedModel",
    "Location",
    "Measurement",
    "MlgateError",
    "Model",
    "ModelError",
    "ModelOpener",
    "NotApplicable",
    "Part",
    "PlanLine",
    "Planner",
    "PromotionRefused",
    "Record",
    "RegisteredVersion",
    "Registry",
    "RegistryError",
    "Reporter",
    "ResourceProvider",
    "RunFinished",
    "RunStarted",
    "Scale",
    "Severity",
    "SliceMeasurement",
    "Spread",
    "Stage",
    "TableOpener",
    "TestFacts",
    "TooSmall",
    "__version__",
    "adapt",
    "check",
    "hookimpl",
    "load_skops",
    "run_gate",
    "scan_model",
    "verify_model",
]


def __getattr__(name: str) -> object:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'mlgate' has no attribute {name!r}")
