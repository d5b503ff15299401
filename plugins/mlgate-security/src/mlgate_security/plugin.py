"""What this plugin declares: the checks of the family `security`, and the report `cyclonedx`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate import Check, Reporter, hookimpl
from mlgate_security import licences, model_files
from mlgate_security.bom import check as sbom
from mlgate_security.code import check as code
from mlgate_security.dependencies import check as dependencies
from mlgate_security.evasion import check as evasion
from mlgate_security.membership import check as membership
from mlgate_security.provenance import check as provenance
from mlgate_security.secrets import check as secrets

MODULES = (code, dependencies, evasion, licences, membership, model_files, provenance, sbom, secrets)


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    """Every check that a module of this distribution defines."""
    found = (value for module in MODULES for value in vars(module).values() if isinstance(value, Check))
    return sorted(found, key=lambda check: check.id)


@hookimpl
def mlgate_reporters() -> Mapping[str, Reporter]:
    """`cyclonedx`."""
    from mlgate_security.bom.reporter import CycloneDxReporter

    return {"cyclonedx": CycloneDxReporter()}
