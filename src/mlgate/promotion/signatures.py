"""Who has to have signed: the verdict, and those who approve of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlgate.attestation import Attestation, Expected, verify
from mlgate.attestation.approval import unseal_approval
from mlgate.attestation.envelope import key_ids
from mlgate.errors import AttestationRefused, PromotionRefused
from mlgate.promotion.evidence import Claim


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed documents that a claim rests on. `promoters` are the ids of the keys that ask for the promotion."""

    attestation: bytes | None
    approvals: Mapping[str, bytes]
    manifest: Mapping[str, str]
    promoters: frozenset[str] = frozenset()


def demand(claim: Claim, signed: Signed) -> tuple[str, ...]:
    """The names of the approvals that count. Raises `PromotionRefused` where a signature is missing."""
    if claim.conditions.require_signature:
        _verdict(claim, signed)
    return _approvals(claim, signed) if claim.conditions.require_approvals else ()


def _verdict(claim: Claim, signed: Signed) -> Attestation:
    sign = "Sign it: `mlgate sign RECORD --key KEY`, then promote with --attestation FILE."
    if signed.attestation is None:
        raise PromotionRefused(
            f"the verdict on {claim.move.version.uri} is not signed, and [promote] asks for a signature.", hint=sign
        )
    expected = Expected(
        model=signed.manifest, record=claim.document, gate=claim.conditions.gate, max_age=claim.conditions.max_age
    )
    try:
        found = verify(signed.attestation, claim.conditions.keys, expected=expected, now=claim.now)
    except AttestationRefused as refusal:
        raise PromotionRefused(f"the signed verdict proves nothing here: {refusal.message}", hint=sign) from refusal
    if not found.passed or found.uri != claim.move.version.uri:
        raise PromotionRefused(
            f"what is signed is {'a denial' if not found.passed else f'about {found.uri}'}.", hint=sign
        )
    return found


def _approvals(claim: Claim, signed: Signed) -> tuple[str, ...]:
    """Each key counts once; the promoter's own do not count, nor who signed the verdict where nobody else promotes."""
    own = signed.promoters or key_ids(signed.attestation)
    counted: dict[str, str] = {}
    doubts: list[str] = []
    for name, document in signed.approvals.items():
        for key in claim.conditions.keys:
            if key.keyid not in key_ids(document):
                continue
            try:
                unseal_approval(document, [key]).examine(
                    claim.move, claim.record_digest, claim.digest, max_age=claim.conditions.max_age, now=claim.now
                )
            except AttestationRefused as refusal:
                doubts.append(f"that of {key.keyid[:12]}: {refusal.message}")
                continue
            if key.keyid in own:
                doubts.append(f"that of {key.keyid[:12]}: it is the promoter's own.")
            else:
                counted.setdefault(key.keyid, name)
    wanted = claim.conditions.require_approvals
    if len(counted) < wanted:
        raise PromotionRefused(
            f"{len(counted)} of {wanted} approvals are there{_because(doubts)}.",
            hint=f"Somebody else with a key under [promote] keys has to: `mlgate approve {claim.move.version.uri} "
            f"--to {claim.move.alias} --key KEY`.",
        )
    return tuple(counted.values())


def _because(doubts: Iterable[str]) -> str:
    told = "; ".join(doubt.rstrip(".") for doubt in doubts)
    return f" (not counted: {told})" if told else ""
