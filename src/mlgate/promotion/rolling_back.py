"""Roll back: to the version that was promoted lawfully before, if its bytes are still those that were promoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mlgate import opening
from mlgate.errors import ModelError, PromotionRefused
from mlgate.ledger import Entry, EventKind, Ledger, read_chain
from mlgate.promotion.situation import Act, carry_out, look, refuse_broken
from mlgate.spec import AliasMove, RegisteredVersion, Registry

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


@dataclass(frozen=True, slots=True)
class Target:
    """A version that held the alias lawfully: when it was made, the digest of its files, and the entry that says so.

    `created` is None for the version that held the alias when the ledger began.
    """

    version: str
    created: str | None
    digest: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Rollback:
    """What is asked for: `to` a version, None for the last lawful one."""

    name: str
    alias: str
    to: str | None = None
    reason: str | None = None
    signers: Sequence[CryptoSigner] = ()
    kind: EventKind = EventKind.ROLLBACK


def roll_back(asked: Rollback, *, registry: Registry, dry_run: bool = False, now: datetime | None = None) -> AliasMove:
    """Move the alias back in one step.

    Raises `PromotionRefused` with the one reason, `RegistryError` where the registry does not answer.
    """
    holder = registry.holder(asked.name, asked.alias)
    ledger = read_chain(registry.history(asked.name), registry.head(asked.name))
    version, target = find_target(asked, ledger, holder, registry)
    situation = look(registry, version, asked.alias, now)
    refuse_broken(situation)
    if not situation.done and not dry_run:
        evidence = {"entry": f"sha256:{target.entry.hash}"}
        carry_out(situation, Act(asked.kind, evidence, asked.reason, asked.signers))
    previous = situation.move.expected.version if situation.move.expected else None
    return AliasMove(asked.name, asked.alias, version.version, previous, cas=situation.known.cas)


def find_target(
    asked: Rollback, ledger: Ledger, holder: RegisteredVersion | None, registry: Registry
) -> tuple[RegisteredVersion, Target]:
    """The version to go back to. Raises `PromotionRefused` with what is wrong with each that was looked at."""
    candidates = list(_candidates(asked, ledger, holder))
    doubts: list[str] = []
    for target in candidates:
        found = _still_there(target, registry, registry.uri(asked.name, target.version), doubts)
        if found is not None:
            return found, target
    if not ledger.entries and holder is None:
        raise PromotionRefused(
            f"nothing is known of {asked.name}: it has no history, and nobody holds {asked.alias}.",
            hint="Is the name right? It is the registered model's.",
        )
    where = f"version {asked.to}" if asked.to is not None else "no version before this one"
    if not candidates:
        raise PromotionRefused(
            f"{where} was {'never ' if asked.to is not None else ''}promoted lawfully to {asked.name}@{asked.alias}.",
            hint=f"`mlgate history {asked.name}` shows what was; what never was has to be promoted.",
        )
    raise PromotionRefused(
        f"{asked.name}@{asked.alias} can't go back: {'; '.join(doubts)}.",
        hint=f"`mlgate history {asked.name}` shows what was promoted; --to names another version.",
    )


def lawful(ledger: Ledger, alias: str) -> Iterator[Target]:
    """Every version that the alias was promoted to on a verdict, and the one that it found; the newest first."""
    moves = [entry for entry in ledger.entries if entry.moves and entry.alias == alias]
    for entry in reversed(moves):
        digest = entry.digests.get("model")
        if entry.kind is EventKind.PROMOTION and entry.version is not None and digest is not None:
            yield Target(entry.version, entry.created, digest, entry)
    first = moves[0] if moves else None
    if first is not None and first.moved_from is not None and "champion" in first.digests:
        yield Target(first.moved_from, None, first.digests["champion"], first)


def _candidates(asked: Rollback, ledger: Ledger, holder: RegisteredVersion | None) -> Iterator[Target]:
    """Those of the version that was named; else all that were promoted before the one that holds the alias was."""
    targets = list(lawful(ledger, asked.alias))
    if asked.to is not None:
        yield from (target for target in targets if target.version == asked.to)
        return
    place = next((place for place, target in enumerate(targets) if holder and _is(target, holder)), -1)
    yield from (target for target in targets[place + 1 :] if holder is None or not _is(target, holder))


def _is(target: Target, version: RegisteredVersion) -> bool:
    return target.version == version.version and target.created in (None, version.created)


def _still_there(target: Target, registry: Registry, uri: str, doubts: list[str]) -> RegisteredVersion | None:
    """The version as it is now, if it is the one that was promoted; else the doubt is added."""
    try:
        version = registry.version(uri)
    except ModelError:
        doubts.append(f"version {target.version} was deleted")
        return None
    if target.created not in (None, version.created):
        doubts.append(f"version {target.version} was deleted and made again")
        return None
    if opening.digest(registry.fetch(version)) != target.digest:
        doubts.append(f"the files of version {target.version} are not those that were promoted")
        return None
    return version
