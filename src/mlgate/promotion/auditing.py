"""Audit: does the chain hold, and does a verdict cover who holds each alias now?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlgate import opening
from mlgate.errors import MlgateError, PromotionRefused
from mlgate.ledger import BrokenLink, Entry, Event, EventKind, Ledger, read_chain
from mlgate.promotion.actors import actor
from mlgate.promotion.rolling_back import Rollback, roll_back
from mlgate.promotion.situation import last_move
from mlgate.spec import RegisteredVersion, Registry

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An alias whose holder no entry of the ledger accounts for. `mended` says what --fix made of it."""

    alias: str
    holder: str | None
    reason: str
    mended: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found. `past` are moves by others that lawful ones have passed since; `loud` are broken glasses."""

    name: str
    entries: tuple[Entry, ...]
    broken: BrokenLink | None
    uncovered: tuple[Uncovered, ...]
    past: tuple[str, ...]
    loud: tuple[Entry, ...]

    @property
    def sound(self) -> bool:
        """Whether the chain holds, and everything that is now is lawful (again)."""
        return self.broken is None and all(each.mended is not None for each in self.uncovered)


def audit(name: str, *, registry: Registry, aliases: Sequence[str] = (), files: bool = True) -> Audit:
    """Look at the ledger of `name` and at who holds its aliases: those in the ledger, and those that are named.

    `files` digests the holders' files as well. Raises `RegistryError` where the registry does not answer.
    """
    ledger = read_chain(registry.history(name), registry.head(name))
    known = {entry.alias for entry in ledger.entries if entry.moves and entry.alias is not None}
    held = registry.aliases(name)
    found = [_look(name, alias, registry, ledger, files) for alias in sorted({*known, *(set(aliases) & set(held))})]
    return Audit(
        name=name,
        entries=ledger.entries,
        broken=ledger.broken,
        uncovered=tuple(each for each in found if each is not None),
        past=tuple(_gaps(ledger)),
        loud=tuple(entry for entry in ledger.entries if entry.kind is EventKind.BREAK_GLASS),
    )


def fix(found: Audit, *, registry: Registry, signers: Sequence[CryptoSigner] = ()) -> Iterator[Uncovered]:
    """Put every uncovered alias back to its last lawful holder, or take it away where it never had one.

    Where the ledger knows of no move at all, it is left where it is.
    """
    for each in found.uncovered:
        asked = Rollback(
            found.name, each.alias, reason=f"audit: {each.reason}", signers=signers, kind=EventKind.CORRECTION
        )
        yield Uncovered(each.alias, each.holder, each.reason, _mended(asked, found, registry))


def _look(name: str, alias: str, registry: Registry, ledger: Ledger, files: bool) -> Uncovered | None:
    holder, last = registry.holder(name, alias), last_move(ledger, alias)
    reason = _doubt(holder, last, (lambda version: opening.digest(registry.fetch(version))) if files else None)
    return None if reason is None else Uncovered(alias, holder.version if holder else None, reason)


def _doubt(
    holder: RegisteredVersion | None, last: Entry | None, digest: Callable[[RegisteredVersion], str] | None
) -> str | None:
    """Why the last entry does not account for the holder; None where it does."""
    if last is None:
        return None if holder is None else f"version {holder.version} holds it, and no entry moved it there"
    due = last.version
    if holder is None:
        return None if due is None else f"nobody holds it, and entry {last.seq} moved it to version {due}"
    if holder.version != due:
        there = f"version {due}" if due else "nobody"
        return f"version {holder.version} holds it, and entry {last.seq} moved it to {there}"
    if holder.created != last.created:
        return f"version {due} was deleted and made again since entry {last.seq}"
    return _doubt_of_entry(holder, last, digest)


def _doubt_of_entry(
    holder: RegisteredVersion, last: Entry, digest: Callable[[RegisteredVersion], str] | None
) -> str | None:
    """Why the entry that put the holder there vouches for nothing; None where it does."""
    if last.kind is EventKind.PROMOTION and "record" not in last.digests:
        return f"entry {last.seq} moved it to version {last.version} on no verdict"
    if digest is not None and last.digests.get("model") not in (None, digest(holder)):
        return f"the files of version {last.version} are not those that entry {last.seq} moved it to"
    return None


def _gaps(ledger: Ledger) -> Iterator[str]:
    """Where a move took the alias from somebody whom no move had put there; a correction says so by itself."""
    held: dict[str, Entry] = {}
    for entry in ledger.entries:
        if not entry.moves or entry.alias is None:
            continue
        before = held.get(entry.alias)
        if before is not None and entry.moved_from != before.version and entry.kind is not EventKind.CORRECTION:
            yield (
                f"{entry.alias}: before entry {entry.seq} ({entry.time}) it was held by "
                f"{f'version {entry.moved_from}' if entry.moved_from else 'nobody'}, and entry {before.seq} had moved "
                f"it to {f'version {before.version}' if before.version else 'nobody'}"
            )
        held[entry.alias] = entry


def _mended(asked: Rollback, found: Audit, registry: Registry) -> str | None:
    if not any(entry.moves for entry in found.entries):
        return None  # a model from before mlgate: its alias may be in use, and nobody knows better
    ledger = Ledger(found.entries, found.broken)
    last = last_move(ledger, asked.alias)
    try:
        if last is None or last.version is None:
            return _cleared(asked, registry)
        move = roll_back(_back(asked, last, registry), registry=registry)
    except PromotionRefused as refusal:
        raise PromotionRefused(
            f"{asked.name}@{asked.alias} can't be put back: {refusal.message}", hint=refusal.hint
        ) from refusal
    return f"moved back to version {move.version}"


def _back(asked: Rollback, last: Entry, registry: Registry) -> Rollback:
    """To the version of the last entry where that one is what it was; else to whom the rollback finds."""
    try:
        version = registry.version(registry.uri(asked.name, last.version or ""))
    except MlgateError:
        return asked
    same = version.created == last.created and opening.digest(registry.fetch(version)) == last.digests.get("model")
    covered = last.kind is not EventKind.BREAK_GLASS and same
    return (
        Rollback(asked.name, asked.alias, last.version, asked.reason, asked.signers, asked.kind) if covered else asked
    )


def _cleared(asked: Rollback, registry: Registry) -> str | None:
    holder = registry.holder(asked.name, asked.alias)
    if holder is None:
        return "nobody holds it any more"
    known = registry.capabilities(asked.name)
    event = Event(
        kind=EventKind.CORRECTION,
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        registry=known.registry,
        workspace=known.workspace,
        model=asked.name,
        actor=actor(),
        alias=asked.alias,
        moved_from=holder.version,
        reason=asked.reason,
        cas=known.cas,
    )
    registry.clear_alias(asked.name, asked.alias, holder, event)
    return "taken away, because nobody held it lawfully before"
