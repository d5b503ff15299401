"""The report `cyclonedx`: a machine-learning bill of materials, CycloneDX 1.6 in JSON.

https://cyclonedx.org/docs/1.6/json/. Drawn from the record: the packages are those that `security.sbom` listed, the
model card holds what the performance and fairness families measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from mlgate import Json, Record
from mlgate_security.bom.card import model_card
from mlgate_security.bom.check import SBOM
from mlgate_security.plain_text import line

_HASHES = {"sha256": "SHA-256"}


@dataclass(frozen=True, slots=True)
class CycloneDxReporter:
    """Draws the record as a bill of materials with a model card."""

    def render(self, record: Record) -> str:
        """JSON in ASCII. The same record makes the same bill, its serial number included."""
        listed = _listed(record)
        packages = [_package(each) for each in listed.get("components", ()) if isinstance(each, dict)]
        facts = record.facts
        bill: dict[str, Json] = {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'mlgate:{facts.id!a}')}",
            "version": 1,
            "metadata": {
                "timestamp": facts.started,
                "tools": {"components": [{"type": "application", "name": "mlgate", "version": line(facts.mlgate)}]},
                "component": _model(record, listed),
                "properties": list(_properties(record)),
            },
            "components": [*packages],
            "dependencies": [{"ref": "model", "dependsOn": [str(each["bom-ref"]) for each in packages]}],
        }
        return json.dumps(bill, indent=2) + "\n"


def _listed(record: Record) -> Mapping[str, Any]:
    """What `security.sbom` listed; nothing where it did not run."""
    runs = [result.run for result in record.results if result.check == SBOM]
    return runs[0].measurement.data if runs and runs[0].measurement is not None else {}


def _model(record: Record, listed: Mapping[str, Any]) -> Json:
    model = record.facts.candidate
    told: dict[str, Json] = {
        "type": "machine-learning-model",
        "bom-ref": "model",
        "name": line((model.name or model.uri) if model else "unknown"),
        "modelCard": model_card(record, listed),
    }
    if model is not None and model.version:
        told["version"] = line(model.version)
    algorithm, _, digest = (model.digest or "").partition(":") if model else ("", "", "")
    if algorithm in _HASHES and len(digest) == 64 and set(digest) <= set("0123456789abcdef"):
        told["hashes"] = [{"alg": _HASHES[algorithm], "content": digest}]
    return told


def _package(listed: Mapping[str, Any]) -> dict[str, Json]:
    name, version = line(str(listed.get("name"))), line(str(listed.get("version")))
    kind = "conda" if listed.get("conda") else "pypi"
    address = f"pkg:{kind}/{quote(name, safe='')}@{quote(version, safe='')}"
    told: dict[str, Json] = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
    }
    if listed.get("licence"):
        told["licenses"] = [{"license": {"name": line(str(listed["licence"]))}}]
    return told


def _properties(record: Record) -> Iterator[Json]:
    """What CycloneDX has no word for: the verdict, and that the digest is of the folder as in-toto's dirHash."""
    yield {"name": "mlgate:verdict", "value": record.verdict.decision.value}
    yield {"name": "mlgate:run", "value": line(record.facts.id)}
    yield {"name": "mlgate:digest", "value": "in-toto dirHash over the names and contents of all files"}
    if record.facts.candidate is not None:
        yield {"name": "mlgate:model", "value": line(record.facts.candidate.uri)}
