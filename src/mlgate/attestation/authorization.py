"""The promotion authorization: one move of one alias, which may happen once.

Evidence about bytes (`statement.py`) is true for ever and may be used again. A move is not: after a rollback, the old
evidence would promote the same version again. So a move is authorized by a statement of its own, which names who holds
the alias and how often it has moved so far, and ends soon.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mlgate.attestation.envelope import seal, unseal
from mlgate.attestation.schema import AUTHORIZATION_SCHEMA
from mlgate.attestation.statement import STATEMENT_TYPE, SealedStatement
from mlgate.attestation.verifying import SKEW, refuse_malformed
from mlgate.errors import AttestationRefused
from mlgate.spec import Move, RegisteredVersion

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

PREDICATE_TYPE = "urn:mlgate:promotion-authorization:v1"
LIFETIME = timedelta(minutes=10)
LONGEST_LIFETIME = timedelta(hours=1)
"""One that lives longer is refused: it would be a key left in the door."""
_SHA256 = "sha256:"
_FORM = "%Y-%m-%dT%H:%M:%SZ"


class AuthorizationKind(StrEnum):
    """Why an alias may move."""

    PROMOTION = "promotion"
    ROLLBACK = "rollback"
    BREAK_GLASS = "break-glass"


@dataclass(frozen=True, slots=True)
class Warrant:
    """Who lets a move happen, and on which grounds.

    `evidence` maps names (`attestation`, `record`, `approval`) to digests as `sha256:...`; `reason` is a person's, and
    a break-glass has to have one.
    """

    kind: AuthorizationKind
    actor: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    issued: datetime | None = None
    lifetime: timedelta = LIFETIME


@dataclass(frozen=True, slots=True)
class Authorization(SealedStatement):
    """An authorization whose signatures hold. It says nothing about a move before `examine` has passed."""

    @property
    def kind(self) -> AuthorizationKind:
        return AuthorizationKind(self.predicate["kind"])

    @property
    def uri(self) -> str:
        return str(self.statement["subject"][0]["name"])

    @property
    def digest(self) -> str:
        """The digest of the version's files, as `sha256:...`."""
        return f"{_SHA256}{self.statement['subject'][0]['digest']['dirHash']}"

    @property
    def evidence(self) -> Mapping[str, str]:
        return {each["name"]: f"{_SHA256}{each['digest']['sha256']}" for each in self.predicate["evidence"]}

    @property
    def actor(self) -> str:
        return str(self.predicate["actor"])

    @property
    def reason(self) -> str | None:
        reason: str | None = self.predicate.get("reason")
        return reason

    @property
    def nonce(self) -> str:
        return str(self.predicate["nonce"])

    @property
    def not_before(self) -> datetime:
        return self.instant("notBefore")

    @property
    def not_after(self) -> datetime:
        return self.instant("notAfter")

    def examine(
        self,
        move: Move,
        *,
        digest: str | None = None,
        spent: Container[str] = (),
        now: datetime | None = None,
    ) -> None:
        """Raises `AttestationRefused` with the first reason why this authorizes another move than `move`, or none now.

        `digest` is that of the version's files (None leaves them out, for a look before they are read), `spent` the
        nonces that were used before.
        """
        _refuse_other_place(self, move)
        _refuse_other_version(self, move, digest)
        _refuse_other_time(self, now or datetime.now(UTC))
        if self.nonce in spent:
            raise AttestationRefused("it was used already, and it is good for one move.", hint=_again(move))
        _refuse_other_holder(self, move)


def authorize(move: Move, digest: str, warrant: Warrant, signers: Sequence[CryptoSigner]) -> bytes:
    """The signed authorization of one move. `digest` is that of the version's files, as `sha256:...`."""
    return seal(_statement(move, digest, warrant), signers)


def place_of(move: Move) -> dict[str, str | None]:
    """Which version and which alias a statement is about: whatever a registry could tell apart."""
    return {
        "registry": move.registry,
        "workspace": move.workspace,
        "model": move.version.name,
        "version": move.version.version,
        "created": move.version.created,
        "alias": move.alias,
    }


def nonce_of(envelope: bytes) -> str:
    """The nonce of an authorization of one's own making; of another's, nothing may be read before its signature."""
    payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    return str(payload["predicate"]["nonce"])


def unseal_authorization(document: bytes, keys: Sequence[SSlibKey], threshold: int = 1) -> Authorization:
    """The authorization in an envelope, if it is signed and well formed. Raises `AttestationRefused`."""
    statement = unseal(document, keys, threshold)
    refuse_malformed(statement, AUTHORIZATION_SCHEMA, "authorization")
    found = Authorization(statement)
    for name in ("notBefore", "notAfter"):
        found.instant(name)
    return found


def _statement(move: Move, digest: str, warrant: Warrant) -> dict[str, Any]:
    issued = (warrant.issued or datetime.now(UTC)).astimezone(UTC)
    reason = {} if warrant.reason is None else {"reason": warrant.reason}
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": move.version.uri, "digest": {"dirHash": digest.removeprefix(_SHA256)}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "kind": str(warrant.kind),
            **place_of(move),
            "expected": _holder(move.expected),
            "generation": move.generation,
            "notBefore": issued.strftime(_FORM),
            "notAfter": (issued + warrant.lifetime).strftime(_FORM),
            "evidence": [
                {"name": name, "digest": {"sha256": sha256.removeprefix(_SHA256)}}
                for name, sha256 in sorted(warrant.evidence.items())
            ],
            "actor": warrant.actor,
            "nonce": secrets.token_hex(16),
            **reason,
        },
    }


def _holder(holder: RegisteredVersion | None) -> dict[str, str] | None:
    return None if holder is None else {"version": holder.version, "created": holder.created}


def _refuse_other_place(found: Authorization, move: Move) -> None:
    places = {
        "registry": ("the registry", move.registry),
        "workspace": ("the workspace", move.workspace),
        "model": ("the model", move.version.name),
        "alias": ("the alias", move.alias),
    }
    for key, (called, here) in places.items():
        signed = found.predicate[key]
        if signed != here:
            told, wanted = (repr(value) if value is not None else "none" for value in (signed, here))
            raise AttestationRefused(f"it is for {called} {told}, and this is {wanted}.", hint=_again(move))


def _refuse_other_version(found: Authorization, move: Move, digest: str | None) -> None:
    version = found.predicate["version"]
    if version != move.version.version:
        raise AttestationRefused(
            f"it is for version {version} of {move.version.name}, not for version {move.version.version}.",
            hint=_again(move),
        )
    if found.predicate["created"] != move.version.created:
        raise AttestationRefused(
            f"{move.version.uri} was deleted and made again since: it is for the one created at "
            f"{found.predicate['created']}, and this one was created at {move.version.created}.",
            hint=f"Judge the new one: `mlgate run --model {move.version.uri}`.",
        )
    if digest is not None and digest != found.digest:
        raise AttestationRefused(
            f"the files of {move.version.uri} are not those that it is for: their digest is {digest}.",
            hint=f"Find out who changed them, then judge again: `mlgate run --model {move.version.uri}`.",
        )


def _refuse_other_time(found: Authorization, now: datetime) -> None:
    if found.not_after - found.not_before > LONGEST_LIFETIME:
        raise AttestationRefused(
            f"it is good for {found.not_after - found.not_before}, and may be for {LONGEST_LIFETIME} at most."
        )
    if now < found.not_before - SKEW:
        raise AttestationRefused(
            f"it is good from {found.not_before:{_FORM}} on, which lies in the future.",
            hint="One of the two clocks is wrong.",
        )
    if now > found.not_after:
        raise AttestationRefused(
            f"it was good until {found.not_after:{_FORM}}, and it is {now:{_FORM}}.",
            hint=f"Promote again: `mlgate promote {found.uri} --to {found.predicate['alias']}`.",
        )


def _refuse_other_holder(found: Authorization, move: Move) -> None:
    signed, here = found.predicate["expected"], _holder(move.expected)
    if signed != here:
        raise AttestationRefused(
            f"it takes {move.version.name}@{move.alias} from {_told(signed)}, and now {_told(here)} holds it.",
            hint=f"Compare with that one: `mlgate run --model {move.version.uri}`.",
        )
    if found.predicate["generation"] != move.generation:
        raise AttestationRefused(
            f"{move.version.name}@{move.alias} has moved meanwhile and come back: it is for move "
            f"{found.predicate['generation'] + 1} of the alias, and {move.generation} have happened.",
            hint=_again(move),
        )


def _told(holder: Mapping[str, str] | None) -> str:
    return f"version {holder['version']} (created at {holder['created']})" if holder else "nobody"


def _again(move: Move) -> str:
    return f"Promote again: `mlgate promote {move.version.uri} --to {move.alias}`."
