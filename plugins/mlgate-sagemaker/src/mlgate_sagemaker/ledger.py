"""The ledger: an object in S3 for each entry, written only where its place is free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mlgate import Entry, Event, RegistryError, append, parse_entry, read_chain, written
from mlgate_sagemaker import store

_ATTEMPTS = 20


def read(name: str) -> tuple[bytes, ...]:
    """Every entry, in its order."""
    found = [store.read(f"{name}/ledger/{each}") for each in store.names(f"{name}/ledger")]
    return tuple(each for each in found if each is not None)


def generation(name: str, alias: str) -> int:
    """How often the alias has moved."""
    return read_chain(read(name)).generation(alias)


def last_move(name: str) -> Entry | None:
    """The entry that moved approval last: its alias is the one that approval stands for in this group."""
    return next((entry for entry in reversed(read_chain(read(name)).entries) if entry.moves), None)


def write(event: Event, still: Callable[[int], None] | None = None) -> None:
    """Append. `still` is asked, with the generation so far, before each try; it raises where the event is not due."""
    for _ in range(_ATTEMPTS):
        lines = read(event.model)
        last: Entry | None = parse_entry(lines[-1]) if lines else None
        due = event
        if still is not None:
            so_far = read_chain(lines).generation(str(event.alias))
            still(so_far)
            due = replace(event, generation=so_far + 1)
        entry = append(last, due)
        if store.create(f"{event.model}/ledger/{entry.seq:012d}.json", written(entry)):
            return
    raise RegistryError(f"The ledger of {event.model} could not be written: others write to it.", hint="Try again.")
