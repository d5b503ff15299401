"""Signed verdicts and approvals that come by as tags are written into the ledger; what no known key signed is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlgate import AttestationRefused, Event, EventKind, RegisteredVersion, digest_of_manifest, unseal_approval, verify
from mlgate_mlflow_guard import books
from mlgate_mlflow_guard.actors import actor
from mlgate_mlflow_guard.configuration import Configuration
from mlgate_mlflow_guard.evidence import sha256
from mlgate_mlflow_guard.reading import ATTESTATION, Place
from mlgate_mlflow_guard.tables import registry_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_APPROVAL = "mlgate.approval-"
ALLOWED, DENIED = "allowed", "denied"  # as a run without a guard writes its decision down


@dataclass(frozen=True, slots=True)
class _Said:
    """What a signed statement says, as far as an entry holds it."""

    digests: Mapping[str, str]
    time: str
    actor: str | None = None
    alias: str | None = None
    reason: str | None = None


class Witness:
    """Writes down what was said about a version."""

    def __init__(self, configuration: Configuration) -> None:
        self._verdicts = configuration.attestation_keys
        known = {each.keyid: each for each in (*configuration.keys, *configuration.attestation_keys)}
        self._approvals = tuple(known.values())

    def write(
        self,
        session: Session,
        place: Place,
        version: RegisteredVersion,
        tag: tuple[str, str],
        workspace: str | None,
    ) -> None:
        """An entry for the tag (key, value), if it is signed evidence that is not the ledger's last word already."""
        key, value = tag
        try:
            if key == ATTESTATION:
                kind, said = EventKind.VERDICT, self._verdict(value)
            elif key.startswith(_APPROVAL):
                kind, said = EventKind.APPROVAL, self._approval(value)
            else:
                return
        except AttestationRefused:
            return
        if said.digests.items() <= books.last_digests(session, place).items():
            return
        event = Event(
            kind=kind,
            time=said.time,
            registry=registry_id(session),
            workspace=workspace,
            model=place.name,
            actor=actor(said.actor),
            alias=said.alias,
            version=version.version,
            created=version.created,
            digests=said.digests,
            reason=said.reason,
        )
        books.write(session, place, event)

    def _verdict(self, value: str) -> _Said:
        found = verify(value.encode(), self._verdicts)
        digests = {"attestation": sha256(value), "model": digest_of_manifest(found.files)}
        digests |= {name: digest for name, digest in (("record", found.record), ("gate", found.gate)) if digest}
        return _Said(digests, books.told(found.time), reason=ALLOWED if found.passed else DENIED)

    def _approval(self, value: str) -> _Said:
        signed = unseal_approval(value.encode(), self._approvals).predicate
        digests = {"approval": sha256(value), "record": f"sha256:{signed['record']['sha256']}"}
        return _Said(digests, books.now(), signed["actor"], signed["alias"], signed.get("comment"))
