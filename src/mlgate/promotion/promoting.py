"""Promote: look at everything again, then move the alias if the holder is still the one looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from mlgate.attestation.envelope import key_ids
from mlgate.errors import MlgateError, PromotionRefused, RecordError
from mlgate.ledger import EventKind, digest_of
from mlgate.promotion.circumstances import hold
from mlgate.promotion.conditions import Conditions
from mlgate.promotion.documents import ATTESTATION, RECORD, approval_by, is_approval
from mlgate.promotion.evidence import Claim, examine, judge_it
from mlgate.promotion.signatures import Signed, demand
from mlgate.promotion.situation import Act, Situation, carry_out, event_of, look, refuse_broken
from mlgate.results import Record
from mlgate.results.record_json import from_json
from mlgate.spec import AliasMove, RegisteredVersion, Registry

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


@dataclass(frozen=True, slots=True)
class Brought:
    """What the caller brings along: evidence (else what the registry keeps is taken), and the keys that authorize.

    `break_glass` is the reason to move the alias without evidence.
    """

    record: bytes | None = None
    attestation: bytes | None = None
    approvals: Sequence[bytes] = ()
    signers: Sequence[CryptoSigner] = ()
    break_glass: str | None = None


@dataclass(frozen=True, slots=True)
class _Grounds:
    """Why the alias may move: the digests of what it rests on, and what of it the registry does not have yet."""

    evidence: Mapping[str, str]
    documents: Mapping[str, bytes] = field(default_factory=dict)


def promote(
    uri: str,
    alias: str,
    *,
    registry: Registry,
    conditions: Conditions | None = None,
    brought: Brought | None = None,
    dry_run: bool = False,
    now: datetime | None = None,
) -> AliasMove:
    """Move `alias` to the version at `uri`, or with `dry_run` say what would move.

    A promotion that was finished before is one that succeeds. Raises `PromotionRefused` with the one reason and the
    command that mends it, `RegistryError` where the registry does not answer.
    """
    bring = brought or Brought()
    situation = look(registry, registry.version(uri), alias, now)
    try:
        act = _decide(situation, conditions or Conditions(), bring)
    except PromotionRefused as refusal:
        if not dry_run:
            _note(situation, refusal)
        raise
    if act is not None and not dry_run:
        registry.annotate(situation.move.version, {}, act[1].documents)
        carry_out(situation, act[0])
    move = situation.move
    previous = move.expected.version if move.expected else None
    return AliasMove(move.version.name, alias, move.version.version, previous, cas=situation.known.cas)


def _decide(situation: Situation, conditions: Conditions, bring: Brought) -> tuple[Act, _Grounds] | None:
    """What is to be done, and on which grounds; None where it is done already."""
    if bring.break_glass is not None:
        return _broken_glass(conditions, bring)
    refuse_broken(situation)
    if situation.done and _unchanged(situation):
        return None
    grounds = _grounds(situation, conditions, bring)
    return Act(EventKind.PROMOTION, grounds.evidence, signers=bring.signers), grounds


def _broken_glass(conditions: Conditions, bring: Brought) -> tuple[Act, _Grounds]:
    if not conditions.break_glass:
        raise PromotionRefused(
            f"breaking the glass is forbidden: {conditions.gate_path} says break_glass = false under [promote].",
            hint="Whoever may change that file may allow it.",
        )
    if not (bring.break_glass or "").strip():
        raise PromotionRefused("breaking the glass needs a reason that others can read.", hint='--break-glass "why"')
    return Act(EventKind.BREAK_GLASS, reason=bring.break_glass, signers=bring.signers), _Grounds({})


def _unchanged(situation: Situation) -> bool:
    """Whether the files are those that the alias was moved to."""
    last = situation.last_move
    if last is None or last.digests.get("model") in (None, situation.digest):
        return True
    uri = situation.move.version.uri
    raise PromotionRefused(
        f"the files of {uri} are not those that were promoted: their digest is {situation.digest}, the ledger's is "
        f"{last.digests['model']}.",
        hint=f"Find out who changed them. {judge_it(uri)}",
    )


def _grounds(situation: Situation, conditions: Conditions, bring: Brought) -> _Grounds:
    registry, version = situation.registry, situation.move.version
    document = bring.record if bring.record is not None else _kept(version, registry)
    record = _read(document, version)
    claim = Claim(
        move=situation.move,
        digest=situation.digest,
        record=record,
        document=document,
        ledger=situation.ledger,
        conditions=conditions,
        now=situation.now,
    )
    examine(claim)
    hold(claim)
    signed = Signed(
        attestation=bring.attestation or registry.document(version, ATTESTATION),
        approvals=_approvals(situation, bring) if conditions.require_approvals else {},
        manifest=situation.manifest,
        promoters=frozenset(signer.public_key.keyid for signer in bring.signers),
    )
    counted = demand(claim, signed)
    return _Grounds(_evidence(claim, signed, counted), _new_documents(bring, document))


def _evidence(claim: Claim, signed: Signed, counted: Sequence[str]) -> dict[str, str]:
    """The digests of what the promotion rests on, by name."""
    rests_on = {"record": claim.record_digest}
    if signed.attestation is not None:
        rests_on[ATTESTATION] = digest_of(signed.attestation)
    for place, name in enumerate(counted, start=1):
        rests_on[f"approval-{place}"] = digest_of(signed.approvals[name])
    champion = claim.record.facts.champion
    if champion is not None and champion.digest is not None and champion.digest.startswith("sha256:"):
        rests_on["champion"] = champion.digest
    if claim.conditions.gate is not None:
        rests_on["gate"] = claim.conditions.gate
    return rests_on


def _new_documents(bring: Brought, document: bytes) -> dict[str, bytes]:
    """What was brought goes to the registry: who audits looks for it there, and a guard does."""
    new = {} if bring.record is None else {RECORD: document}
    if bring.attestation is not None:
        new[ATTESTATION] = bring.attestation
    for approval in bring.approvals:
        new |= {approval_by(keyid): approval for keyid in key_ids(approval)}
    return new


def _approvals(situation: Situation, bring: Brought) -> dict[str, bytes]:
    registry, version = situation.registry, situation.move.version
    named = {f"brought-{place}": document for place, document in enumerate(bring.approvals)}
    for name in registry.documents(version):
        document = registry.document(version, name) if is_approval(name) else None
        if document is not None:
            named[name] = document
    return named


def _kept(version: RegisteredVersion, registry: Registry) -> bytes:
    document = registry.document(version, RECORD)
    if document is None:
        raise PromotionRefused(f"{version.uri} has no record: nobody judged it.", hint=judge_it(version.uri))
    return document


def _read(document: bytes, version: RegisteredVersion) -> Record:
    try:
        return from_json(document)
    except RecordError as error:
        raise PromotionRefused(
            f"the record of {version.uri} is no evidence: {error.message}",
            hint=f"Judge it again: `mlgate run --model {version.uri}`.",
        ) from error


def _note(situation: Situation, refusal: PromotionRefused) -> None:
    """Write the refusal down; a registry that can't does not turn it into anything else."""
    with suppress(MlgateError):
        if situation.ledger.broken is None:
            digests = {"model": situation.digest}
            situation.registry.append(event_of(situation, EventKind.REFUSAL, digests, refusal.message))
