"""Whether sound evidence still holds: this gate file, this day, this champion, and for the first time."""

from __future__ import annotations

from datetime import datetime, timedelta

from mlgate.attestation.verifying import SKEW
from mlgate.errors import PromotionRefused
from mlgate.ledger import Judged, overruling
from mlgate.promotion.evidence import Claim


def hold(claim: Claim) -> None:
    """Raises `PromotionRefused` with the first of: another gate file, stale, overruled since, another champion, used
    already.
    """
    for doubt in (_other_gate, _stale, _overruled, _other_champion, _came_back, _used):
        doubt(claim)


def _other_gate(claim: Claim) -> None:
    judged, here = claim.record.facts.gate, claim.conditions
    if judged.digest == here.gate:
        return
    if here.gate is None:
        raise PromotionRefused(
            f"{claim.move.version.uri} was judged under {judged.path or 'a gate file'}, and there is none here.",
            hint="Promote where that file is, or name it: --gate FILE.",
        )
    if judged.digest is None:
        raise PromotionRefused(
            f"{claim.move.version.uri} was judged by default rules, and not under {here.gate_path}.", hint=claim.again
        )
    raise PromotionRefused(
        f"{here.gate_path} is not the gate file that {claim.move.version.uri} was judged under: it was changed since.",
        hint=claim.again,
    )


def _stale(claim: Claim) -> None:
    made = datetime.fromisoformat(claim.record.facts.started)
    age = claim.now - made
    if age < -SKEW:
        raise PromotionRefused(
            f"the verdict was made at {made:%Y-%m-%d %H:%M}Z, which lies in the future.",
            hint=f"One of the two clocks is wrong. {claim.again}",
        )
    limit = claim.conditions.max_age
    if limit is not None and age > limit:
        raise PromotionRefused(
            f"the verdict is {told(age)} old, and [promote] max_age allows {told(limit)}.", hint=claim.again
        )


def _overruled(claim: Claim) -> None:
    version, started = claim.move.version, datetime.fromisoformat(claim.record.facts.started)
    judged = Judged(version.version, version.created, claim.conditions.gate, claim.record_digest, started)
    later = overruling(claim.ledger.entries, judged)
    if later is not None:
        raise PromotionRefused(
            f"a later verdict on {version.uri}, of a run at {later.time}, is {later.reason}.",
            hint=f"Mend what that one found. {claim.again}",
        )


def _other_champion(claim: Claim) -> None:
    compared, move = claim.record.facts.champion, claim.move
    holder, version = move.expected, move.version
    if holder is not None and holder.version == version.version:
        return  # it holds the alias already: moving it there again changes nothing
    same_model = compared is not None and compared.name == version.name
    was = compared.version if compared is not None and same_model else None
    now = holder.version if holder is not None else None
    made_again = compared is not None and holder is not None and compared.created not in (None, holder.created)
    if was == now and not made_again:
        return
    raise PromotionRefused(
        f"{_holding(version.name, move.alias, now)}{' (made again since)' if was == now else ''}, and the record "
        f"compares with {compared.uri if compared is not None else 'nobody'}.",
        hint=_compare(claim) if now else claim.again,
    )


def _came_back(claim: Claim) -> None:
    """Whether the alias has moved since, and is held by the same one again: a rollback said something meanwhile."""
    compared, move = claim.record.facts.champion, claim.move
    if compared is None or compared.generation is None or compared.alias != move.alias:
        return
    if compared.generation != move.generation:
        raise PromotionRefused(
            f"{move.version.name}@{move.alias} has moved since the verdict and come back: it had moved "
            f"{compared.generation} times then, and {move.generation} times now.",
            hint=_compare(claim),
        )


def _used(claim: Claim) -> None:
    """A verdict promotes once: after a rollback, the same verdict must not bring back what was taken away."""
    for entry in claim.ledger.entries:
        if entry.moves and entry.alias == claim.move.alias and entry.digests.get("record") == claim.record_digest:
            raise PromotionRefused(
                f"this verdict was used already: {claim.move.version.name}@{claim.move.alias} moved to version "
                f"{entry.version} on it at {entry.time}.",
                hint=claim.again,
            )


def _compare(claim: Claim) -> str:
    version = claim.move.version
    return (
        f"Compare with the one that holds it now: `mlgate run --model {version.uri} "
        f"--champion {version.uri.partition(version.name)[0]}{version.name}@{claim.move.alias}`."
    )


def _holding(name: str, alias: str, version: str | None) -> str:
    return f"{name}@{alias} is held by version {version}" if version else f"nobody holds {name}@{alias}"


def told(age: timedelta) -> str:
    """An age in the largest unit that says it: `90 minutes`, `30 hours`, `8 days`."""
    if age < timedelta(hours=2):
        return f"{age.total_seconds() / 60:.0f} minutes"
    return f"{age.total_seconds() / 3600:g} hours" if age < timedelta(days=2) else f"{age.days} days"
