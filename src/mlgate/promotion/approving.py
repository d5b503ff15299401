"""Approve: sign one verdict for one alias, and leave the signature where `promote` finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.attestation import approval
from mlgate.attestation.statement import passes
from mlgate.errors import PromotionRefused
from mlgate.ledger import EventKind, digest_of
from mlgate.promotion.actors import actor
from mlgate.promotion.documents import RECORD, approval_by
from mlgate.promotion.evidence import judge_it
from mlgate.promotion.situation import event_of, look
from mlgate.results import Record
from mlgate.results.record_json import from_json
from mlgate.spec import Registry

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


def approve(
    uri: str, alias: str, signer: CryptoSigner, *, registry: Registry, comment: str | None = None
) -> tuple[Record, str]:
    """Sign the verdict that the version has in the registry; the record, and the approval's digest.

    Raises `PromotionRefused` where there is no verdict, one that allows nothing, or one about other files.
    """
    version = registry.version(uri)
    document = registry.document(version, RECORD)
    if document is None:
        raise PromotionRefused(f"{version.uri} has no record: nobody judged it.", hint=judge_it(version.uri))
    record = from_json(document)
    situation = look(registry, version, alias)
    candidate = record.facts.candidate
    if not passes(record):
        raise PromotionRefused(
            f"the verdict on {version.uri} allows nothing: there is nothing to approve of.", hint=judge_it(version.uri)
        )
    if candidate is None or candidate.digest != situation.digest:
        raise PromotionRefused(
            f"the files of {version.uri} are not those that were judged.", hint=judge_it(version.uri)
        )
    digest = digest_of(document)
    signed = approval.approve(situation.move, digest, situation.digest, [signer], actor=actor(), comment=comment)
    registry.annotate(version, {}, {approval_by(signer.public_key.keyid): signed})
    made = digest_of(signed)
    digests = {"record": digest, "approval": made, "model": situation.digest}
    registry.append(event_of(situation, EventKind.APPROVAL, digests, comment))
    return record, made
