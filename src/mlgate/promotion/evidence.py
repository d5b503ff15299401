"""Whether a record is evidence for exactly this promotion; the first doubt is the one reason against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mlgate.errors import PromotionRefused
from mlgate.ledger import Ledger, digest_of
from mlgate.promotion.conditions import Conditions
from mlgate.results import Decision, Level, Outcome, Record, Result
from mlgate.rules.numbers import some
from mlgate.spec import Move


@dataclass(frozen=True, slots=True)
class Claim:
    """A promotion that is asked for: the move, the digest of the version's files now, the record and its bytes."""

    move: Move
    digest: str
    record: Record
    document: bytes
    ledger: Ledger
    conditions: Conditions
    now: datetime

    @property
    def record_digest(self) -> str:
        return digest_of(self.document)

    @property
    def again(self) -> str:
        """The command that makes fresh evidence."""
        return judge_it(self.move.version.uri)


def judge_it(uri: str) -> str:
    """The command that makes evidence."""
    return f"Judge it: `mlgate run --model {uri}`."


def examine(claim: Claim) -> None:
    """Raises `PromotionRefused` with the first of: unfinished, of another model or place, other bytes, not allowed,
    allowed against its own results, partial.
    """
    whose = (_unfinished, _of_another, _of_another_registry, _made_again, _other_bytes)
    for doubt in (*whose, _not_allowed, _contradicts_itself, _partial):
        doubt(claim)


def _unfinished(claim: Claim) -> None:
    if not claim.record.complete:
        raise PromotionRefused(
            f"the run {claim.record.facts.id} was broken off: its record is not complete.",
            hint="Finish it: `mlgate run --resume`.",
        )


def _of_another(claim: Claim) -> None:
    candidate, version = claim.record.facts.candidate, claim.move.version
    judged = candidate.uri if candidate else "no model"
    if candidate is None or (candidate.name, candidate.version) != (version.name, version.version):
        raise PromotionRefused(f"the record is about {judged}, not about {version.uri}.", hint=claim.again)


def _of_another_registry(claim: Claim) -> None:
    candidate = claim.record.facts.candidate
    judged = candidate.registry if candidate else None
    if judged not in (None, claim.move.registry):
        raise PromotionRefused(
            f"the record is about {claim.move.version.uri} in the registry {judged!r}, and this is "
            f"{claim.move.registry!r}.",
            hint=claim.again,
        )


def _made_again(claim: Claim) -> None:
    candidate, version = claim.record.facts.candidate, claim.move.version
    judged = candidate.created if candidate else None
    if judged not in (None, version.created):
        raise PromotionRefused(
            f"{version.uri} was deleted and made again since it was judged: that one was created at {judged}, this one "
            f"at {version.created}.",
            hint=claim.again,
        )


def _other_bytes(claim: Claim) -> None:
    candidate = claim.record.facts.candidate
    if candidate is None or candidate.digest != claim.digest:
        raise PromotionRefused(
            f"the files of {claim.move.version.uri} are not those that were judged: their digest is {claim.digest}, "
            f"the record's is {candidate.digest if candidate else None}.",
            hint=f"Find out who changed them. {claim.again}",
        )


def _not_allowed(claim: Claim) -> None:
    verdict = claim.record.verdict
    if verdict.decision is not Decision.ALLOWED:
        first = verdict.reasons[0] if verdict.reasons else "no reason is given"
        raise PromotionRefused(
            f"the verdict on {claim.move.version.uri} is {verdict.decision}: {first.rstrip('.')}.",
            hint=f"Mend that. {claim.again}",
        )


def _contradicts_itself(claim: Claim) -> None:
    """No run allows what one of its enforcing rules failed, unless by a waiver, nor allows on no result at all."""
    record = claim.record
    waived = {waiver.check for waiver in record.waivers if waiver.used}
    failed = (result.check for result in record.results if result.check not in waived and _blocks(result))
    if (against := next(failed, None)) is not None or not record.results:
        raise PromotionRefused(
            f"the record of the run {record.facts.id} says allowed, and "
            f"{f'its own results say that {against} failed' if against else 'holds no result'}: somebody changed it.",
            hint=f"Find out who. {claim.again}",
        )


def _blocks(result: Result) -> bool:
    judged = [(result.level, result.outcome), *((rule.level, rule.outcome) for rule in result.rules)]
    return (Level.ENFORCE, Outcome.FAILED) in judged


def _partial(claim: Claim) -> None:
    gate = claim.record.facts.gate
    if gate.left_out:
        raise PromotionRefused(
            f"the run {claim.record.facts.id} left out checks that block: {some(gate.left_out)}.",
            hint=f"Run them all, or let the gate file say which it goes without ([policy] skip). {claim.again}",
        )
