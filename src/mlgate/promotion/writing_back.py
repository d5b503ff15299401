"""Tell the registry the verdict: tags for people and searches, the record as evidence for `promote`, the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlgate.ledger import Event, EventKind, digest_of
from mlgate.promotion.actors import actor
from mlgate.promotion.documents import ATTESTATION, RECORD
from mlgate.promotion.situation import MOST_REASON
from mlgate.reports.phrases import trusted
from mlgate.results import Record
from mlgate.spec import RegisteredVersion, Registry

DECISION = "mlgate.decision"
RUN = "mlgate.run"
RECORD_DIGEST = "mlgate.record-digest"
CANDIDATE_DIGEST = "mlgate.candidate-digest"
CHAMPION = "mlgate.champion"
TRUST = "mlgate.trust"


def write_back(registry: Registry, document: bytes, record: Record, attestation: bytes | None = None) -> None:
    """Write the verdict to the candidate's version. Raises `RegistryError`; nothing else of the run is lost by it."""
    candidate = record.facts.candidate
    if candidate is None:
        return
    version = registry.version(candidate.uri)
    signed = {} if attestation is None else {ATTESTATION: attestation}
    registry.annotate(version, tags_of(document, record), {RECORD: document, **signed})
    for event in _events(registry, version, document, record):
        registry.append(event)


def tags_of(document: bytes, record: Record) -> dict[str, str]:
    """The version's tags; the digest binds them to the bytes of the record."""
    facts = record.facts
    return {
        DECISION: record.verdict.decision,
        RUN: facts.id,
        RECORD_DIGEST: digest_of(document),
        CANDIDATE_DIGEST: (facts.candidate.digest if facts.candidate else None) or "none",
        CHAMPION: facts.champion.uri if facts.champion else "none",
        TRUST: ", ".join(sorted({each.by for each in facts.trust if each.overrides})) or "none",
    }


def _events(registry: Registry, version: RegisteredVersion, document: bytes, record: Record) -> Iterator[Event]:
    """The verdict, and each waiver and each trust in a model that it made use of."""
    known, facts = registry.capabilities(version.name), record.facts
    models = {"model": facts.candidate, "champion": facts.champion}
    digests = {name: model.digest for name, model in models.items() if model is not None}
    digests["gate"] = facts.gate.digest
    verdict = Event(
        kind=EventKind.VERDICT,
        time=facts.started,
        registry=known.registry,
        workspace=known.workspace,
        model=version.name,
        actor=actor(),
        version=version.version,
        created=version.created,
        digests={
            "record": digest_of(document),
            **{name: digest for name, digest in digests.items() if digest and digest.startswith("sha256:")},
        },
        reason=str(record.verdict.decision),
    )
    yield verdict
    for waiver in record.waivers:
        if waiver.used:
            told = f"{waiver.check}: {waiver.reason} ({waiver.owner}, until {waiver.until})"
            yield replace(verdict, kind=EventKind.WAIVER, reason=told[:MOST_REASON])
    for trust in facts.trust:
        if trust.overrides:
            yield replace(verdict, kind=EventKind.WAIVER, reason=f"trust in {trusted(trust)}"[:MOST_REASON])
