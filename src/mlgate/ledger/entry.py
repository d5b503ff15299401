"""One entry: its fields, and the one form in which it is written and hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mlgate.errors import RecordError

GENESIS = "0" * 64
"""What the first entry names as the one before it."""

Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Digest = Annotated[str, Meta(pattern="^sha256:[0-9a-f]{64}$")]
Instant = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$")]
Name = Annotated[str, Meta(min_length=1)]


class EventKind(StrEnum):
    """What happened."""

    VERDICT = "verdict"
    PROMOTION = "promotion"
    REFUSAL = "refusal"
    ROLLBACK = "rollback"
    APPROVAL = "approval"
    WAIVER = "waiver"
    BREAK_GLASS = "break-glass"
    CORRECTION = "correction"
    """An alias that was moved unlawfully, and put back."""


MOVES = (EventKind.PROMOTION, EventKind.ROLLBACK, EventKind.BREAK_GLASS, EventKind.CORRECTION)
"""What changes who holds an alias."""


@dataclass(frozen=True, slots=True)
class Event:
    """What is to be written down. `chain.append` gives it its place.

    `version` is the one that it is about, `created` the registry's timestamp of it; `moved_from` who held the alias
    before, `generation` how often the alias has moved with this move. `digests` name what it rests on
    (`model`, `record`, `attestation`, `authorization`, ...) as `sha256:...`. `nonce` is the authorization's.
    """

    kind: EventKind
    time: str
    registry: str
    model: str
    actor: str
    workspace: str | None = None
    alias: str | None = None
    version: str | None = None
    created: str | None = None
    moved_from: str | None = None
    generation: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    nonce: str | None = None
    cas: bool | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"moved_from": "from"}):
    """An event in its place: `seq` counts from 1, `previous` is the hash of the entry before, `hash` its own.

    The fields are those of `Event`; every key stands in every entry.
    """

    seq: Annotated[int, Meta(ge=1)]
    previous: Hash
    time: Instant
    kind: EventKind
    registry: Name
    workspace: Name | None
    model: Name
    alias: Name | None
    version: Name | None
    created: Name | None
    moved_from: Name | None
    generation: Annotated[int, Meta(ge=0)] | None
    actor: Name
    digests: dict[str, Digest]
    reason: str | None
    nonce: str | None
    cas: bool | None
    hash: Hash

    @property
    def moves(self) -> bool:
        """Whether the alias had another holder afterwards."""
        return self.kind in MOVES


def digest_of(document: bytes) -> str:
    """`sha256:...`, as the ledger and what is signed name documents."""
    return f"sha256:{hashlib.sha256(document).hexdigest()}"


def canonical(tree: Mapping[str, Any]) -> bytes:
    """The one form: keys sorted, no spaces, ASCII alone, so that no database changes it; no floats stand in it."""
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def written(entry: Entry) -> bytes:
    """The entry as it is stored."""
    return canonical(msgspec.to_builtins(entry))


def hash_of(tree: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical form of every field but `hash` itself."""
    return hashlib.sha256(canonical({key: value for key, value in tree.items() if key != "hash"})).hexdigest()


def parse_entry(document: bytes | str) -> Entry:
    """The entry in a stored document; whether it is the one that was written, the chain tells.

    Raises `RecordError` where it is none, or not in the canonical form.
    """
    try:
        entry = msgspec.json.decode(document, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(f"it is no entry of a ledger: {error}.") from error
    if written(entry) != (document.encode() if isinstance(document, str) else document):
        raise RecordError("it is not in the form in which entries are written.")
    return entry


def schema() -> dict[str, object]:
    """The JSON schema (Draft 2020-12) of an entry."""
    made = msgspec.json.schema(Entry)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mlgate-ledger-entry/1", **made}
