"""The chain: each entry names the hash of the one before it, so that none can be changed, left out or put in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import msgspec

from mlgate.errors import RecordError
from mlgate.ledger.entry import GENESIS, Entry, Event, hash_of, parse_entry

_CUT_OFF = "the end was cut off: the entry that the registry knows as the last is not there."


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first entry that does not follow: its place from 1, and why."""

    seq: int
    reason: str

    def __str__(self) -> str:
        return f"entry {self.seq}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries up to the first broken link, which is None where the chain holds.

    A chain can't tell that its end was cut off: whoever keeps the `head` elsewhere can.
    """

    entries: tuple[Entry, ...] = ()
    broken: BrokenLink | None = None

    @property
    def head(self) -> str:
        """The hash that the next entry names."""
        return self.entries[-1].hash if self.entries else GENESIS

    def generation(self, alias: str) -> int:
        """How often the alias has moved."""
        moves = (entry.generation for entry in reversed(self.entries) if entry.moves and entry.alias == alias)
        return next((generation for generation in moves if generation is not None), 0)

    def spent(self) -> frozenset[str]:
        """The nonces of all authorizations that moved an alias."""
        return frozenset(entry.nonce for entry in self.entries if entry.moves and entry.nonce is not None)


def append(last: Entry | None, event: Event) -> Entry:
    """The event as the entry after `last`. Raises `RecordError` where a field is not as it must be."""
    tree = {
        **asdict(event),
        "kind": str(event.kind),
        "digests": dict(event.digests),
        "seq": 1 if last is None else last.seq + 1,
        "previous": GENESIS if last is None else last.hash,
    }
    tree["from"] = tree.pop("moved_from")
    try:
        return msgspec.convert({**tree, "hash": hash_of(tree)}, Entry)
    except msgspec.ValidationError as error:
        raise RecordError(f"this can't be written into a ledger: {error}.") from error


def read_chain(documents: Iterable[bytes | str], head: str | None = None) -> Ledger:
    """The ledger in stored documents, in the order in which they were written.

    `head` is the hash of an entry that was kept elsewhere: without it, an end that was cut off is not missed.
    """
    entries: list[Entry] = []
    for place, document in enumerate(documents, start=1):
        try:
            entry = parse_entry(document)
        except RecordError as error:
            return Ledger(tuple(entries), BrokenLink(place, error.message))
        reason = _doubt(entries[-1] if entries else None, entry)
        if reason is not None:
            return Ledger(tuple(entries), BrokenLink(place, reason))
        entries.append(entry)
    if head is not None and head not in (GENESIS, *(entry.hash for entry in entries)):
        return Ledger(tuple(entries), BrokenLink(len(entries) + 1, _CUT_OFF))
    return Ledger(tuple(entries))


def _doubt(last: Entry | None, entry: Entry) -> str | None:
    """Why `entry` does not follow `last`; None where it does."""
    if entry.hash != hash_of(msgspec.to_builtins(entry)):
        return "it was changed after it was written: its hash is not that of its content."
    due = 1 if last is None else last.seq + 1
    if entry.seq > due:
        return f"it is missing: number {entry.seq} stands in its place."
    if entry.seq < due:
        return f"number {entry.seq} stands here once more."
    if entry.previous != (GENESIS if last is None else last.hash):
        return "it does not follow the entry before it: that one was changed or exchanged."
    if last is not None and (last.registry, last.workspace, last.model) != (
        entry.registry,
        entry.workspace,
        entry.model,
    ):
        return f"it is of another ledger: of {entry.model} in {entry.registry}."
    return None
