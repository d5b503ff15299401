"""The gate file with the caller's options laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mlgate import gatefile
from mlgate.errors import UsageError
from mlgate.gate.addresses import refuse_secrets
from mlgate.gate.request import GateRequest
from mlgate.gate.trusting import refuse_no_digests
from mlgate.gatefile import GateFile, ModelTerms
from mlgate.host import Host
from mlgate.rules import Bootstrap
from mlgate.tabular import Columns


@dataclass(frozen=True, slots=True)
class Settings:
    """What one run is about, settled. `gate` is an empty gate file where there is none."""

    request: GateRequest
    gate: GateFile
    model: object | None
    champion: object | None
    tables: Mapping[str, object]
    columns: Columns


def gate_path(request: GateRequest) -> Path | None:
    """The gate file that the caller named, or the one found from its folder up."""
    if request.gate is None:
        return gatefile.find(request.folder)
    if not request.gate.is_file():
        raise UsageError(f"there is no gate file {request.gate}.", hint="`mlgate init` writes one.")
    return request.gate


def settle(request: GateRequest, path: Path | None, host: Host) -> Settings:
    """Read the gate file and lay the request over it. Raises `GateFileError` with every mistake."""
    refuse_no_digests(request.trust)
    gate = gatefile.load(path, list(host.checks.values()), host.registries) if path is not None else GateFile()
    if request.alone:
        gate = _alone(gate)
    tables = {**gate.data, **request.tables}
    model = request.model if request.model is not None else gate.candidate
    champion = request.champion if request.champion is not None else gate.champion
    refuse_secrets([model, champion, *tables.values()])
    return Settings(
        request=request,
        gate=gate,
        model=model,
        champion=champion,
        tables=tables,
        columns=_columns(request, gate.columns),
    )


def _alone(gate: GateFile) -> GateFile:
    """For the model that holds the alias: what was said of it as a candidate holds on, beside what is said now."""
    first, then = gate.candidate_terms, gate.champion_terms
    terms = replace(then, trust={**first.trust, **then.trust}, allow_code=then.allow_code or first.allow_code)
    policy = replace(gate.policy, bootstrap=Bootstrap.ALLOW)
    return replace(gate, champion=None, policy=policy, candidate_terms=terms, champion_terms=ModelTerms())


def _columns(request: GateRequest, stated: Columns) -> Columns:
    said = {
        name: value
        for name in ("label", "positive", "entity", "time", "weight", "sensitive", "slices")
        if (value := getattr(request, name)) not in (None, ())
    }
    places = {place: where for place, where in stated.stated.items() if place[0] not in said}
    return replace(stated, **said, stated=places)
