"""An approval: a person's signature under one verdict, for one alias."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mlgate.attestation.authorization import place_of
from mlgate.attestation.envelope import seal, unseal
from mlgate.attestation.schema import APPROVAL_SCHEMA
from mlgate.attestation.statement import STATEMENT_TYPE, SealedStatement
from mlgate.attestation.verifying import SKEW, refuse_malformed
from mlgate.errors import AttestationRefused
from mlgate.spec import Move

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

PREDICATE_TYPE = "urn:mlgate:promotion-approval:v1"
_SHA256 = "sha256:"
_FORM = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Approval(SealedStatement):
    """An approval whose signature holds."""

    @property
    def time(self) -> datetime:
        return self.instant("time")

    def examine(
        self, move: Move, record: str, digest: str, *, max_age: timedelta | None = None, now: datetime | None = None
    ) -> None:
        """Raises `AttestationRefused` where it approves of something else. `record` and `digest` as `sha256:...`."""
        signed = self.predicate
        if f"{_SHA256}{signed['record']['sha256']}" != record:
            raise AttestationRefused("it approves of another verdict.")
        if f"{_SHA256}{self.statement['subject'][0]['digest']['dirHash']}" != digest:
            raise AttestationRefused("it approves of other files.")
        for key, here in {"registry": move.registry, "workspace": move.workspace, "alias": move.alias}.items():
            if signed[key] != here:
                raise AttestationRefused(f"it is for the {key} {signed[key]!r}, and this is {here!r}.")
        if (signed["model"], signed["version"], signed["created"]) != (
            move.version.name,
            move.version.version,
            move.version.created,
        ):
            raise AttestationRefused(f"it is for version {signed['version']} of {signed['model']}, created otherwise.")
        age = (now or datetime.now(UTC)) - self.time
        if age < -SKEW:
            raise AttestationRefused("it was made in the future.")
        if max_age is not None and age > max_age:
            raise AttestationRefused("it is too old.")


def approve(
    move: Move, record: str, digest: str, signers: Sequence[CryptoSigner], *, actor: str, comment: str | None = None
) -> bytes:
    """The signed approval of the verdict `record` (its digest, as `sha256:...`) for this move's alias and version."""
    said = {} if comment is None else {"comment": comment}
    return seal(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": move.version.uri, "digest": {"dirHash": digest.removeprefix(_SHA256)}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                **place_of(move),
                "record": {"sha256": record.removeprefix(_SHA256)},
                "time": datetime.now(UTC).strftime(_FORM),
                "actor": actor,
                **said,
            },
        },
        signers,
    )


def unseal_approval(document: bytes, keys: Sequence[SSlibKey]) -> Approval:
    """The approval in an envelope, if one of the keys signed it and it is well formed. Raises `AttestationRefused`."""
    statement = unseal(document, keys)
    refuse_malformed(statement, APPROVAL_SCHEMA, "approval")
    found = Approval(statement)
    found.instant("time")
    return found
