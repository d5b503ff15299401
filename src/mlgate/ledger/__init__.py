"""The ledger: the append-only, hash-chained history of what happened to one registered model."""

from mlgate.ledger.chain import BrokenLink, Ledger, append, read_chain
from mlgate.ledger.entry import GENESIS, Entry, Event, EventKind, canonical, digest_of, parse_entry
from mlgate.ledger.overruling import Judged, overruling

__all__ = [
    "GENESIS",
    "BrokenLink",
    "Entry",
    "Event",
    "EventKind",
    "Judged",
    "Ledger",
    "append",
    "canonical",
    "digest_of",
    "overruling",
    "parse_entry",
    "read_chain",
]
