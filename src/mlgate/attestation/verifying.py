"""Verify an attestation offline: the signatures first, then that it speaks of what is at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mlgate.attestation.envelope import unseal
from mlgate.attestation.schema import STATEMENT_SCHEMA
from mlgate.attestation.statement import PASSED, TRUST, SealedStatement
from mlgate.errors import AttestationRefused
from mlgate.opening.digests import digest_of_manifest

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey

SKEW = timedelta(minutes=5)
"""How far clocks of two machines may be apart."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the attestation must be about; what is None is not compared.

    `model` is the SHA-256 of every file by name, `record` the record's bytes; `gate` and `tables` (by name) are
    digests, as `sha256:...`.
    """

    model: Mapping[str, str] | None = None
    record: bytes | None = None
    gate: str | None = None
    tables: Mapping[str, str] = field(default_factory=dict)
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Attestation(SealedStatement):
    """A statement whose signatures hold."""

    @property
    def uri(self) -> str:
        return str(self.predicate["resourceUri"])

    @property
    def passed(self) -> bool:
        return bool(self.predicate["verificationResult"] == PASSED)

    @property
    def time(self) -> datetime:
        return self.instant("timeVerified")

    @property
    def gate(self) -> str | None:
        """The digest of the gate file, as `sha256:...`; None where it was judged by default rules."""
        digest = self.predicate["policy"].get("digest")
        return None if digest is None else f"sha256:{digest['sha256']}"

    @property
    def record(self) -> str | None:
        """The digest of the record, as `sha256:...`."""
        digest = (self.input("record") or {}).get("sha256")
        return None if digest is None else f"sha256:{digest}"

    @property
    def files(self) -> Mapping[str, str]:
        """The SHA-256 of every file of the model."""
        _, *files = self.statement["subject"]
        return {each["name"]: each["digest"]["sha256"] for each in files if "sha256" in each["digest"]}

    @property
    def trusted(self) -> tuple[str, ...]:
        """Which models were opened because a person vouches for them, and where that was said."""
        inputs = [each for each in self.predicate["inputAttestations"] if each["name"].startswith(TRUST)]
        return tuple(f"{each['name'].removeprefix(TRUST)} (by {each['uri']})" for each in inputs)

    def input(self, name: str) -> Mapping[str, str] | None:
        """The digest of an input by its name: `record`, `champion`, `data/test`."""
        found: list[Mapping[str, str]] = [
            each["digest"] for each in self.predicate["inputAttestations"] if each["name"] == name
        ]
        return found[0] if len(found) == 1 else None


def verify(
    document: bytes,
    keys: Sequence[SSlibKey],
    *,
    threshold: int = 1,
    expected: Expected | None = None,
    now: datetime | None = None,
) -> Attestation:
    """The attestation in an envelope, if it is signed, well formed, and about what is expected.

    It may be one of a denial: ask `passed`. Raises `AttestationRefused` with the first reason.
    """
    statement = unseal(document, keys, threshold)
    refuse_malformed(statement, STATEMENT_SCHEMA, "verdict")
    found = Attestation(statement)
    _refuse_contradiction(found)
    wanted = expected or Expected()
    _refuse_other_model(found, wanted)
    _refuse_other_inputs(found, wanted)
    _refuse_other_gate(found, wanted)
    _refuse_stale(found, wanted, now or datetime.now(UTC))
    return found


def refuse_malformed(statement: Mapping[str, Any], schema: Mapping[str, Any], what: str) -> None:
    """Raises `AttestationRefused` where a signed payload does not follow `schema`; `what` it should have been."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    worst = best_match(Draft202012Validator(schema).iter_errors(statement))
    if worst is not None:
        place = ".".join(map(str, worst.absolute_path)) or "the statement"
        raise AttestationRefused(f"what was signed is no {what} of mlgate: {place} is not as it must be.")


def _refuse_contradiction(found: Attestation) -> None:
    whole = found.statement["subject"][0]["digest"].get("dirHash")
    if f"sha256:{whole}" != digest_of_manifest(found.files):
        raise AttestationRefused("what was signed contradicts itself: the model's digest is not that of its files.")


def _refuse_other_model(found: Attestation, wanted: Expected) -> None:
    if wanted.model is None or dict(wanted.model) == dict(found.files):
        return
    changed = sorted(name for name in wanted.model if wanted.model[name] != found.files.get(name))
    missing = sorted(set(found.files) - set(wanted.model))
    told = [f"{name} is another" if name in found.files else f"{name} was added" for name in changed]
    told += [f"{name} is missing" for name in missing]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    raise AttestationRefused(f"it is not about these model files: {', '.join(told[:3])}{more}.")


def _refuse_other_inputs(found: Attestation, wanted: Expected) -> None:
    digests = {f"data/{name}": digest for name, digest in wanted.tables.items()}
    if wanted.record is not None:
        digests["record"] = f"sha256:{hashlib.sha256(wanted.record).hexdigest()}"
    for name, digest in digests.items():
        signed = found.input(name)
        if signed is None:
            raise AttestationRefused(f"it names no {name}, so it can't vouch for this one.")
        if f"sha256:{signed.get('sha256')}" != digest:
            raise AttestationRefused(f"it was made on another {name}: this one's digest is {digest}.")


def _refuse_other_gate(found: Attestation, wanted: Expected) -> None:
    if wanted.gate is None:
        return
    if found.gate is None:
        raise AttestationRefused("it was made without a gate file, by default rules.")
    if found.gate != wanted.gate:
        raise AttestationRefused("it was made under another gate file than this one.")


def _refuse_stale(found: Attestation, wanted: Expected, now: datetime) -> None:
    age = now - found.time
    if age < -SKEW:
        raise AttestationRefused(f"it was made at {found.time:%Y-%m-%d %H:%M}Z, which lies in the future.")
    if wanted.max_age is not None and age > wanted.max_age:
        raise AttestationRefused(
            f"it is {age.days} days and {age.seconds // 3600} hours old, and may be {_told(wanted.max_age)} old.",
            hint=f"Judge the model again: `mlgate run --model {found.uri}`.",
        )


def _told(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:g} hours" if age < timedelta(days=2) else f"{age.days} days"
