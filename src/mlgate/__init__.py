"""mlgate decides whether an ML model version may be promoted, and proves why."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.attestation.approval import Approval, unseal_approval
    from mlgate.attestation.authorization import (
        Authorization,
        AuthorizationKind,
        Warrant,
        authorize,
        unseal_authorization,
    )
    from mlgate.attestation.keys import public_key, signing_key
    from mlgate.attestation.signed_models import verify_model
    from mlgate.attestation.verifying import Attestation, Expected, verify
    from mlgate.checks import Better, Check, Drafter, OptionGroup, PlanLine, Planner, Stage, TestFacts, check
    from mlgate.deadlines import doing
    from mlgate.errors import (
        AliasMoved,
        AttestationRefused,
        CheckError,
        DataError,
        EngineError,
        MlgateError,
        ModelError,
        NoChampion,
        NotApplicable,
        OutcomeUnknown,
        PromotionRefused,
        RecordError,
        RegistryError,
        UnusableAnswer,
        UsageError,
    )
    from mlgate.gate import GateRequest, run_gate
    from mlgate.gatefile.promoting import duration
    from mlgate.ledger.chain import BrokenLink, Ledger, append, read_chain
    from mlgate.ledger.entry import Entry, Event, EventKind, parse_entry, written
    from mlgate.ledger.overruling import Judged, overruling
    from mlgate.object_registry.objects import ObjectStore
    from mlgate.object_registry.opener import RegistryOpener
    from mlgate.object_registry.registry import ObjectRegistry
    from mlgate.object_registry.service import ModelService
    from mlgate.object_registry.uris import RegistryUris
    from mlgate.opening.adapting import adapt
    from mlgate.opening.digests import digest_of_manifest, manifest
    from mlgate.opening.scanning.scan import scan_model
    from mlgate.opening.skops_files import load_skops
    from mlgate.resources import ResourceProvider
    from mlgate.results import (
        Comparison,
        Counted,
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
        Capabilities,
        CheckFinished,
        Feature,
        FeatureKind,
        LocatedModel,
        Model,
        ModelOpener,
        Move,
        Published,
        Publisher,
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
    "mlgate.attestation.approval": ("Approval", "unseal_approval"),
    "mlgate.attestation.authorization": (
        "Authorization",
        "AuthorizationKind",
        "Warrant",
        "authorize",
        "unseal_authorization",
    ),
    "mlgate.attestation.keys": ("public_key", "signing_key"),
    "mlgate.attestation.verifying": ("Attestation", "Expected", "verify"),
    "mlgate.checks": (
        "Better",
        "Check",
        "Drafter",
        "OptionGroup",
        "PlanLine",
        "Planner",
        "Stage",
        "TestFacts",
        "check",
    ),
    "mlgate.deadlines": ("doing",),
    "mlgate.errors": (
        "AliasMoved",
        "AttestationRefused",
        "CheckError",
        "DataError",
        "EngineError",
        "MlgateError",
        "ModelError",
        "NoChampion",
        "NotApplicable",
        "OutcomeUnknown",
        "PromotionRefused",
        "RecordError",
        "RegistryError",
        "UnusableAnswer",
        "UsageError",
    ),
    "mlgate.gate": ("GateRequest", "run_gate"),
    "mlgate.gatefile.promoting": ("duration",),
    "mlgate.ledger.chain": ("BrokenLink", "Ledger", "append", "read_chain"),
    "mlgate.ledger.entry": ("Entry", "Event", "EventKind", "parse_entry", "written"),
    "mlgate.ledger.overruling": ("Judged", "overruling"),
    "mlgate.opening.adapting": ("adapt",),
    "mlgate.object_registry.objects": ("ObjectStore",),
    "mlgate.object_registry.opener": ("RegistryOpener",),
    "mlgate.object_registry.registry": ("ObjectRegistry",),
    "mlgate.object_registry.service": ("ModelService",),
    "mlgate.object_registry.uris": ("RegistryUris",),
    "mlgate.opening.digests": ("digest_of_manifest", "manifest"),
    "mlgate.opening.scanning.scan": ("scan_model",),
    "mlgate.opening.skops_files": ("load_skops",),
    "mlgate.resources": ("ResourceProvider",),
    "mlgate.results": (
        "Comparison",
        "Counted",
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
        "Capabilities",
        "CheckFinished",
        "Feature",
        "FeatureKind",
        "LocatedModel",
        "Model",
        "ModelOpener",
        "Move",
        "Published",
        "Publisher",
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
    "AliasMoved",
    "Approval",
    "Attestation",
    "AttestationRefused",
    "Authorization",
    "AuthorizationKind",
    "Better",
    "BrokenLink",
    "Capabilities",
    "Check",
    "CheckError",
    "CheckFinished",
    "Comparison",
    "Counted",
    "DataError",
    "Drafter",
    "EngineError",
    "Entry",
    "Estimate",
    "Event",
    "EventKind",
    "Expected",
    "Feature",
    "FeatureKind",
    "Finding",
    "GateRequest",
    "Interval",
    "Json",
    "Judged",
    "JudgedBy",
    "Ledger",
    "LocatedModel",
    "Location",
    "Measurement",
    "MlgateError",
    "Model",
    "ModelError",
    "ModelOpener",
    "ModelService",
    "Move",
    "NoChampion",
    "NotApplicable",
    "ObjectRegistry",
    "ObjectStore",
    "OptionGroup",
    "OutcomeUnknown",
    "Part",
    "PlanLine",
    "Planner",
    "PromotionRefused",
    "Published",
    "Publisher",
    "Record",
    "RecordError",
    "RegisteredVersion",
    "Registry",
    "RegistryError",
    "RegistryOpener",
    "RegistryUris",
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
    "UnusableAnswer",
    "UsageError",
    "Warrant",
    "__version__",
    "adapt",
    "append",
    "authorize",
    "check",
    "digest_of_manifest",
    "doing",
    "duration",
    "hookimpl",
    "load_skops",
    "manifest",
    "overruling",
    "parse_entry",
    "public_key",
    "read_chain",
    "run_gate",
    "scan_model",
    "signing_key",
    "unseal_approval",
    "unseal_authorization",
    "verify",
    "verify_model",
    "written",
]


def __getattr__(name: str) -> object:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'mlgate' has no attribute {name!r}")
