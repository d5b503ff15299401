"""The files of one registered model, read and written under a lock.

The ledger is written first and the alias after it; whoever takes the lock next finishes what a crash left half done.
So alias and ledger agree after every crash, and a reader sees the old state or the new one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import RecordError, RegistryError
from mlgate.ledger import Entry, Event, append, parse_entry
from mlgate.ledger.entry import written
from mlgate.runner.journal import write_atomically

LOCK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds an alias, and how often it has moved."""

    version: str | None
    created: str | None
    generation: int
    seq: int = 0
    entry: str | None = None
    """The entry of the ledger that put it there."""


NOBODY = Held(None, None, 0)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of one model."""

    path: Path

    @property
    def ledger(self) -> Path:
        return self.path / "ledger.jsonl"

    @property
    def aliases_file(self) -> Path:
        return self.path / "aliases.json"

    def version(self, number: str) -> Path:
        return self.path / "versions" / number

    def numbers(self) -> list[int]:
        """The versions that there are."""
        folder = self.path / "versions"
        names = [each.name for each in folder.iterdir() if (each / "version.json").is_file()] if folder.is_dir() else []
        return sorted(int(name) for name in names if name.isdigit())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the files. Raises `RegistryError` after half a minute of waiting."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.path / ".lock", timeout=LOCK_SECONDS):
                self._recover()
                yield
        except Timeout as error:
            raise RegistryError(
                f"{self.path} was locked by somebody else for {LOCK_SECONDS} s.",
                hint="Try again; if nobody works there, look for a process that hangs.",
            ) from error
        except OSError as error:
            raise RegistryError(f"{self.path} can't be written: {error.strerror}.") from error

    def held(self, alias: str) -> Held:
        return self.aliases().get(alias, NOBODY)

    def aliases(self) -> dict[str, Held]:
        """All aliases, those that were taken away included: what stands in the file, and what a crash kept out of it.

        Raises `RegistryError` where the file is odd.
        """
        return {**self._stored(), **self._pending()}

    def append(self, event: Event) -> Entry:
        """Write the event down, and move its alias where it is a move. Only under the lock."""
        entry = append(self._last(), event)
        with self.ledger.open("ab") as file:
            file.write(written(entry) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._apply()
        return entry

    def entries(self) -> tuple[bytes, ...]:
        """The ledger as stored; a last line that was cut off in the writing is none."""
        if not self.ledger.exists():
            return ()
        return tuple(self.ledger.read_bytes().split(b"\n")[:-1])

    def _last(self) -> Entry | None:
        lines = self.entries()
        try:
            return parse_entry(lines[-1]) if lines else None
        except RecordError as error:
            raise RegistryError(
                f"{self.ledger}:{len(lines)}: {error.message}", hint="`mlgate audit` looks at all of it."
            ) from error

    def _stored(self) -> dict[str, Held]:
        if not self.aliases_file.exists():
            return {}
        try:
            return {name: Held(**each) for name, each in read_json(self.aliases_file).items()}
        except (TypeError, AttributeError) as error:
            raise RegistryError(f"{self.aliases_file} is no file of aliases.", hint="Restore it from git.") from error

    def _pending(self) -> dict[str, Held]:
        """The move of the last entry, where the file of aliases does not know it yet."""
        entry = self._last()
        if entry is None or not entry.moves or entry.alias is None or entry.generation is None:
            return {}
        if self._stored().get(entry.alias, NOBODY).generation >= entry.generation:
            return {}
        return {entry.alias: Held(entry.version, entry.created, entry.generation, entry.seq, entry.hash)}

    def _recover(self) -> None:
        """Forget an entry that was not written to its end; finish a move that was written down."""
        if self.ledger.exists():
            content = self.ledger.read_bytes()
            whole = content.rfind(b"\n") + 1
            if whole != len(content):
                os.truncate(self.ledger, whole)
        self._apply()

    def _apply(self) -> None:
        if self._pending():
            write_json(self.aliases_file, {name: asdict(each) for name, each in self.aliases().items()})


def read_json(path: Path) -> Any:
    """The JSON of a file. Raises `RegistryError`."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise RegistryError(f"{path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise RegistryError(f"{path} is no JSON.", hint="Restore it from git.") from error


def write_json(path: Path, tree: object) -> None:
    """Readable, and the same for the same content: made for git."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(tree, indent=2, sort_keys=True).encode() + b"\n")
