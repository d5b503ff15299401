"""The ledger in an object store: an object for each entry, written only where its place is free."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from mlgate.errors import RecordError, RegistryError
from mlgate.ledger import Entry, Event, append, parse_entry
from mlgate.ledger.entry import written
from mlgate.object_registry.objects import ObjectStore

_ATTEMPTS = 20
_AT_ONCE = 8


class ObjectLedger:
    """The ledgers of a registry's models. An entry that was read is not fetched again while its mark is the same."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._seen: dict[str, tuple[str, bytes]] = {}

    def read(self, name: str) -> tuple[bytes, ...]:
        """Every entry, in its order."""
        marks = {f"{name}/ledger/{each}": mark for each, mark in self._store.names(f"{name}/ledger").items()}
        due = [key for key, mark in marks.items() if self._seen.get(key, ("", b""))[0] != mark]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for key, content in zip(due, pool.map(self._store.read, due), strict=True):
                if content is not None:
                    self._seen[key] = (marks[key], content)
        return tuple(self._seen[key][1] for key in sorted(marks) if key in self._seen)

    def last_move(self, name: str, alias: str | None = None) -> Entry | None:
        """The newest entry that moved the alias, or any."""
        return _last_move(self.read(name), alias)

    def generation(self, name: str, alias: str) -> int:
        """How often the alias has moved."""
        return _generation(self.read(name), alias)

    def write(self, event: Event, still: Callable[[int], None] | None = None) -> None:
        """Append. Before each try `still` is asked, with the generation so far; it raises where the event is not due.

        Then the event is a move, and gets the next generation of its alias.
        """
        for _ in range(_ATTEMPTS):
            lines = self.read(event.model)
            due = event
            if still is not None:
                so_far = _generation(lines, str(event.alias))
                still(so_far)  # after the look at the last entry: what is written from here on takes our place
                due = replace(event, generation=so_far + 1)
            entry = append(_last(event.model, lines), due)
            if self._created(f"{event.model}/ledger/{entry.seq:012d}.json", written(entry)):
                return
        raise RegistryError(f"The ledger of {event.model} could not be written: others write to it.", hint="Try again.")

    def _created(self, key: str, content: bytes) -> bool:
        """Whether this stands there now; where it was written and the answer was lost, it is there already."""
        return self._store.create(key, content) or self._store.read(key) == content


def _last(name: str, lines: tuple[bytes, ...]) -> Entry | None:
    try:
        return parse_entry(lines[-1]) if lines else None
    except RecordError as error:
        raise RegistryError(
            f"The last entry in the ledger of {name} is odd: {error.message}", hint="`mlgate audit` looks at all of it."
        ) from error


def _generation(lines: tuple[bytes, ...], alias: str) -> int:
    last = _last_move(lines, alias)
    return 0 if last is None else last.generation or 0


def _last_move(lines: tuple[bytes, ...], alias: str | None) -> Entry | None:
    return next((entry for entry in _from_the_end(lines) if entry.moves and alias in (None, entry.alias)), None)


def _from_the_end(lines: tuple[bytes, ...]) -> Iterator[Entry]:
    """What can be read; the audit tells what can't."""
    for line in reversed(lines):
        try:
            yield parse_entry(line)
        except RecordError:
            continue
