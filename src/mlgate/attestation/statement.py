"""What is signed: an in-toto Statement v1 with SLSA's Verification Summary v1 as its predicate.

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and
https://slsa.dev/spec/v1.1/verification_summary. A statement is a plain dict, held by `STATEMENT_SCHEMA`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mlgate.errors import AttestationRefused, CheckError
from mlgate.opening.digests import digest_of_manifest
from mlgate.results import DataSubject, Decision, ModelSubject, Record, Trust

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1"
PASSED, FAILED = "PASSED", "FAILED"
LEVEL = "MLGATE_ALLOWED"
_VERIFIER = "pkg:pypi/mlgate"
_SHA256 = "sha256:"
TRUST = "trust/"
"""Begins the names of inputs that are a person's word for a model: its `uri` says where that was given."""

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SealedStatement:
    """A statement whose signatures hold."""

    statement: Mapping[str, Any]

    @property
    def predicate(self) -> Mapping[str, Any]:
        predicate: Mapping[str, Any] = self.statement["predicate"]
        return predicate

    def instant(self, field: str) -> datetime:
        """A time of the predicate. Raises `AttestationRefused` where it is none."""
        try:
            return datetime.fromisoformat(str(self.predicate[field]))
        except ValueError as error:
            raise AttestationRefused(f"what was signed says {self.predicate[field]!r}, which is no time.") from error


def statement_of(record: Record, document: bytes, manifest: Mapping[str, str]) -> Statement:
    """The statement of one record. `document` are the record's bytes, `manifest` the SHA-256 of every model file.

    Raises `CheckError` where the record binds no bytes, or other bytes than those of `manifest`.
    """
    candidate = _bound(record, manifest)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [
            {"name": candidate.uri, "digest": {"dirHash": _hex(digest_of_manifest(manifest))}},
            *({"name": name, "digest": {"sha256": sha256}} for name, sha256 in sorted(manifest.items())),
        ],
        "predicateType": PREDICATE_TYPE,
        "predicate": _summary(record, candidate, document),
    }


def passes(record: Record) -> bool:
    """Whether the verdict of this record may let anything pass: allowed, finished, and nothing left out."""
    return record.verdict.decision is Decision.ALLOWED and record.complete and not record.facts.gate.left_out


def _bound(record: Record, manifest: Mapping[str, str]) -> ModelSubject:
    candidate = record.facts.candidate
    if candidate is None or candidate.digest is None or not candidate.digest.startswith(_SHA256):
        what = candidate.uri if candidate else "no model"
        raise CheckError(
            f"the record is about {what}, whose bytes it does not bind: there is nothing to sign for.",
            hint="Judge a model that is a file, a folder or a registered version.",
        )
    found = digest_of_manifest(manifest)
    if found != candidate.digest:
        raise CheckError(
            f"the files of {candidate.uri} are not those that were judged: their digest is {found}, the record's is "
            f"{candidate.digest}.",
            hint=f"Find out who changed them, then judge again: `mlgate run --model {candidate.uri}`.",
        )
    return candidate


def _summary(record: Record, candidate: ModelSubject, document: bytes) -> dict[str, Any]:
    passed = passes(record)
    return {
        "verifier": {"id": _VERIFIER, "version": {"mlgate": record.facts.mlgate}},
        "timeVerified": record.facts.started,
        "resourceUri": candidate.uri,
        "policy": _policy(record),
        "inputAttestations": _inputs(record, document),
        "verificationResult": PASSED if passed else FAILED,
        "verifiedLevels": [LEVEL if passed else FAILED],
    }


def _policy(record: Record) -> dict[str, Any]:
    """The gate file; without one, the default rules of this version."""
    gate = record.facts.gate
    if gate.digest is None:
        return {"uri": f"{_VERIFIER}@{record.facts.mlgate}#default-rules"}
    return {"uri": gate.path or "mlgate.toml", "digest": {"sha256": _hex(gate.digest)}}


def _inputs(record: Record, document: bytes) -> list[dict[str, Any]]:
    facts = record.facts
    inputs = [{"name": "record", "uri": facts.id, "digest": {"sha256": hashlib.sha256(document).hexdigest()}}]
    inputs += [_table(name, table) for name, table in sorted(facts.data.items()) if table.digest is not None]
    champion = facts.champion
    inputs += _trusted(facts.trust, {"candidate": facts.candidate, "champion": champion})
    if champion is not None and champion.digest is not None and champion.digest.startswith(_SHA256):
        inputs.append({"name": "champion", "uri": champion.uri, "digest": {"dirHash": _hex(champion.digest)}})
    return inputs


def _trusted(trust: Iterable[Trust], models: Mapping[str, ModelSubject | None]) -> list[dict[str, Any]]:
    """A person's word for a model is an input of the verdict: what it let pass was judged by nobody else."""
    given = [(each, models.get(each.model or "")) for each in trust if each.overrides]
    return [
        {"name": f"{TRUST}{each.model}", "uri": each.by, "digest": {"dirHash": _hex(model.digest)}}
        for each, model in given
        if model is not None and model.digest is not None
    ]


def _table(name: str, table: DataSubject) -> dict[str, Any]:
    return {"name": f"data/{name}", "uri": table.uri, "digest": {"sha256": _hex(table.digest or "")}}


def _hex(digest: str) -> str:
    return digest.removeprefix(_SHA256)
