"""Tell the registry the verdict: tags for people and searches, the record as evidence for `promote`."""

from __future__ import annotations

import hashlib

from mlgate.results import Record
from mlgate.spec import Registry

DECISION = "mlgate.decision"
RUN = "mlgate.run"
RECORD_DIGEST = "mlgate.record-digest"
CANDIDATE_DIGEST = "mlgate.candidate-digest"
CHAMPION = "mlgate.champion"


def write_back(registry: Registry, document: bytes, record: Record) -> None:
    """Write the verdict to the candidate's version. Raises `RegistryError`; nothing else of the run is lost by it."""
    candidate = record.facts.candidate
    if candidate is None:
        return
    registry.annotate(registry.version(candidate.uri), tags_of(document, record), document)


def tags_of(document: bytes, record: Record) -> dict[str, str]:
    """The version's tags; the digest binds them to the bytes of the record."""
    facts = record.facts
    return {
        DECISION: record.verdict.decision,
        RUN: facts.id,
        RECORD_DIGEST: f"sha256:{hashlib.sha256(document).hexdigest()}",
        CANDIDATE_DIGEST: (facts.candidate.digest if facts.candidate else None) or "none",
        CHAMPION: facts.champion.uri if facts.champion else "none",
    }
