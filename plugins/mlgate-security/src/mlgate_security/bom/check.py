"""`security.sbom`."""

from __future__ import annotations

from mlgate import Finding, Json, Measurement, Severity, check
from mlgate_security.environment import environment_of
from mlgate_security.files import model_folder
from mlgate_security.licence_terms import installed_terms
from mlgate_security.mlmodel import MLMODEL, read_mlmodel

SBOM = "security.sbom"


@check(SBOM, better="lower", default={"no_findings": "medium", "level": "warn"})
def sbom(candidate: object) -> Measurement:
    """Whether all that the model is made of can be listed, for a bill of materials.

    The packages of the model's environment are listed with their licences where they are known here, its flavours and
    its signature with them. A line that pins nothing, or comes from elsewhere, can't be listed: it is a finding of
    medium severity, and warns by default. The number is how many there are.

    `mlgate run --report cyclonedx=model.cdx.json` writes the bill itself: CycloneDX 1.6, the model as a
    `machine-learning-model` with a model card that holds its measured metrics with their intervals, its digest and the
    tables it was judged on. `mlgate report RECORD --report cyclonedx=PATH` draws it again later.

    ## What to do
    Pin every package of the model's environment (`pip freeze`) and log the model again.
    """
    folder = model_folder(candidate)
    environment = environment_of(folder)
    about = read_mlmodel(folder) if (folder / MLMODEL).is_file() else {}
    flavours, signature = about.get("flavors"), about.get("signature")
    components: list[Json] = [
        {"name": pin.name, "version": pin.version, "conda": pin.conda, "licence": installed_terms(pin.name)}
        for pin in environment.pins
    ]
    shown: dict[str, Json] = {}
    if isinstance(signature, dict):
        shown = {side: signature[side] for side in ("inputs", "outputs") if isinstance(signature.get(side), str)}
    findings = tuple(
        Finding(f"{line.text!r} can't be listed: it {line.fault}.", Severity.MEDIUM, line.place)
        for line in environment.loose
    )
    return Measurement(
        estimate=Measurement.exact(len(findings), n=len(components), unit="lines").estimate,
        unit="lines",
        findings=findings,
        data={
            "components": components,
            "flavours": [*sorted(map(str, flavours))] if isinstance(flavours, dict) else [],
            "signature": shown,
        },
    )
