"""Whether a record is evidence for exactly this promotion; the first doubt is the one reason against it."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.errors import PromotionRefused
from mlgate.results import Decision, Record
from mlgate.spec import RegisteredVersion


@dataclass(frozen=True, slots=True)
class Claim:
    """A promotion that is asked for: the version, the digest of its files now, who holds the alias, the record."""

    version: RegisteredVersion
    digest: str
    alias: str
    holder: RegisteredVersion | None
    record: Record

    @property
    def again(self) -> str:
        """The command that makes fresh evidence."""
        return f"Judge it: `mlgate run --model {self.version.uri}`."


def examine(claim: Claim) -> None:
    """Raises `PromotionRefused` with the first of: unfinished, about another model, other bytes, not allowed, partial,
    compared with somebody who does not hold the alias.
    """
    for doubt in (_unfinished, _of_another, _other_bytes, _not_allowed, _partial, _other_champion):
        doubt(claim)


def _unfinished(claim: Claim) -> None:
    if not claim.record.complete:
        raise PromotionRefused(
            f"the run {claim.record.facts.id} was broken off: its record is not complete.",
            hint="Finish it: `mlgate run --resume`.",
        )


def _of_another(claim: Claim) -> None:
    candidate = claim.record.facts.candidate
    judged = candidate.uri if candidate else "no model"
    if candidate is None or (candidate.name, candidate.version) != (claim.version.name, claim.version.version):
        raise PromotionRefused(f"the record is about {judged}, not about {claim.version.uri}.", hint=claim.again)


def _other_bytes(claim: Claim) -> None:
    candidate = claim.record.facts.candidate
    if candidate is None or candidate.digest != claim.digest:
        raise PromotionRefused(
            f"the files of {claim.version.uri} are not those that were judged: their digest is {claim.digest}, the "
            f"record's is {candidate.digest if candidate else None}.",
            hint=f"Find out who changed them. {claim.again}",
        )


def _not_allowed(claim: Claim) -> None:
    verdict = claim.record.verdict
    if verdict.decision is not Decision.ALLOWED:
        first = verdict.reasons[0] if verdict.reasons else "no reason is given"
        raise PromotionRefused(
            f"the verdict on {claim.version.uri} is {verdict.decision}: {first.rstrip('.')}.",
            hint=f"Mend that. {claim.again}",
        )


def _partial(claim: Claim) -> None:
    left_out = claim.record.facts.gate.left_out
    if left_out:
        raise PromotionRefused(
            f"the run {claim.record.facts.id} left out checks of the gate file: {', '.join(left_out)}.",
            hint=f"Run them all. {claim.again}",
        )


def _other_champion(claim: Claim) -> None:
    compared, holder = claim.record.facts.champion, claim.holder
    if holder is not None and holder.version == claim.version.version:
        return  # it holds the alias already: moving it there again changes nothing
    same_model = compared is not None and compared.name == claim.version.name
    was = compared.version if compared is not None and same_model else None
    now = holder.version if holder is not None else None
    if was == now:
        return
    raise PromotionRefused(
        f"{_holding(claim.version.name, claim.alias, now)}, and the record compares with "
        f"{compared.uri if compared is not None else 'nobody'}.",
        hint=f"Compare with the one that holds it now: `mlgate run --model {claim.version.uri} "
        f"--champion models:/{claim.version.name}@{claim.alias}`."
        if now
        else claim.again,
    )


def _holding(name: str, alias: str, version: str | None) -> str:
    return f"{name}@{alias} is held by version {version}" if version else f"nobody holds {name}@{alias}"
