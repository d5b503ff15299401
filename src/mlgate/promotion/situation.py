"""How things stand when a move is asked for: the version and its bytes, who holds the alias, and the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlgate import opening
from mlgate.attestation import AuthorizationKind, Warrant, authorize
from mlgate.attestation.authorization import nonce_of
from mlgate.errors import PromotionRefused
from mlgate.ledger import Entry, Event, EventKind, Ledger, read_chain
from mlgate.opening.digests import digest_of_manifest
from mlgate.promotion.actors import actor
from mlgate.spec import Capabilities, Move, RegisteredVersion, Registry

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

MOST_REASON = 2_000
"""Characters of a reason that are written down: an entry has to fit where registries keep it."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One look at everything, before anything is decided. `manifest` is of the version's files as they are now."""

    registry: Registry
    known: Capabilities
    move: Move
    manifest: Mapping[str, str]
    ledger: Ledger
    now: datetime

    @property
    def digest(self) -> str:
        return digest_of_manifest(self.manifest)

    @property
    def last_move(self) -> Entry | None:
        """The newest entry that moved the alias."""
        return last_move(self.ledger, self.move.alias)

    @property
    def done(self) -> bool:
        """Whether this very version holds the alias by a move that stands in the ledger."""
        last, version = self.last_move, self.move.version
        return (
            self.move.expected == version
            and last is not None
            and (last.version, last.created) == (version.version, version.created)
        )


def look(registry: Registry, version: RegisteredVersion, alias: str, now: datetime | None = None) -> Situation:
    """How things stand. Raises `RegistryError` where the registry does not answer."""
    name = version.name
    known = registry.capabilities(name)
    generation = registry.generation(name, alias)  # before the holder: a move in between is then seen as one too many
    holder = registry.holder(name, alias)
    return Situation(
        registry=registry,
        known=known,
        move=Move(version, alias, holder, generation, known.registry, known.workspace),
        manifest=opening.manifest(registry.fetch(version)),
        ledger=read_chain(registry.history(name), registry.head(name)),
        now=now or datetime.now(UTC),
    )


def last_move(ledger: Ledger, alias: str) -> Entry | None:
    """The newest entry that moved the alias."""
    return next((entry for entry in reversed(ledger.entries) if entry.moves and entry.alias == alias), None)


def refuse_broken(situation: Situation) -> None:
    """Raises `PromotionRefused` where the ledger does not hold: nobody knows then what happened before."""
    broken = situation.ledger.broken
    if broken is not None:
        name = situation.move.version.name
        raise PromotionRefused(
            f"the ledger of {name} is broken at {str(broken).rstrip('.')}.",
            hint=f"`mlgate audit {name}` shows it; bring it back from a backup.",
        )


@dataclass(frozen=True, slots=True)
class Act:
    """A move that is decided: of which kind, on which evidence (digests by name), and why."""

    kind: EventKind
    evidence: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    signers: Sequence[CryptoSigner] = ()


_AUTHORIZED_AS = {
    EventKind.PROMOTION: AuthorizationKind.PROMOTION,
    EventKind.ROLLBACK: AuthorizationKind.ROLLBACK,
    EventKind.CORRECTION: AuthorizationKind.ROLLBACK,
    EventKind.BREAK_GLASS: AuthorizationKind.BREAK_GLASS,
}


def carry_out(situation: Situation, act: Act) -> None:
    """Authorize the move where there is a key, make it, and write it down. Raises as `Registry.set_alias`."""
    authorization, nonce = None, None
    if act.signers:
        warrant = Warrant(_AUTHORIZED_AS[act.kind], actor(), act.evidence, act.reason)
        authorization = authorize(situation.move, situation.digest, warrant, act.signers)
        nonce = nonce_of(authorization)
    event = replace(
        event_of(situation, act.kind, {"model": situation.digest, **act.evidence}, act.reason),
        nonce=nonce,
        cas=situation.known.cas,
    )
    situation.registry.set_alias(situation.move, event, authorization)


def event_of(situation: Situation, kind: EventKind, digests: Mapping[str, str], reason: str | None = None) -> Event:
    """What is to be written down about this situation."""
    move = situation.move
    return Event(
        kind=kind,
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        registry=move.registry,
        workspace=move.workspace,
        model=move.version.name,
        actor=actor(),
        alias=move.alias,
        version=move.version.version,
        created=move.version.created,
        moved_from=move.expected.version if move.expected else None,
        digests=dict(digests),
        reason=None if reason is None else reason[:MOST_REASON],
    )
