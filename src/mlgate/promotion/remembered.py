"""The records that a model's history speaks of, found again by their digests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlgate.errors import MlgateError
from mlgate.ledger import Entry, EventKind, Ledger, digest_of, read_chain
from mlgate.promotion.documents import RECORD
from mlgate.results import Record
from mlgate.results.record_json import from_json
from mlgate.runner.journal import runs
from mlgate.spec import Registry


@dataclass(frozen=True, slots=True)
class Remembered:
    """A verdict in the ledger, and its record; None where neither the registry nor this folder has it any more."""

    entry: Entry
    record: Record | None


def remembered(name: str, registry: Registry, state: Path, last: int) -> tuple[Ledger, tuple[Remembered, ...]]:
    """The ledger of `name`, and its `last` verdicts, the oldest first.

    A registry keeps one record a version, the last: earlier ones are looked for among the runs kept in `state`. Only
    the record whose digest the ledger names is taken for it.
    """
    ledger = read_chain(registry.history(name), registry.head(name))
    verdicts = [entry for entry in ledger.entries if entry.kind is EventKind.VERDICT][-last:]
    shelves = _Shelves(name, registry, state)
    return ledger, tuple(Remembered(entry, shelves.record(entry)) for entry in verdicts)


class _Shelves:
    """Where records are kept; each version is asked for once, and this folder only where that was not enough."""

    def __init__(self, name: str, registry: Registry, state: Path) -> None:
        self._name = name
        self._registry = registry
        self._state = state
        self._registered: dict[str, bytes | None] = {}

    def record(self, entry: Entry) -> Record | None:
        wanted = entry.digests.get("record")
        if wanted is None:
            return None
        document = self._of_version(entry.version)
        if document is None or digest_of(document) != wanted:
            path = self._kept.get(wanted)
            document = path.read_bytes() if path is not None else None
        return _read(document)

    def _of_version(self, version: str | None) -> bytes | None:
        if version is None:
            return None
        if version not in self._registered:
            self._registered[version] = self._asked(version)
        return self._registered[version]

    def _asked(self, version: str) -> bytes | None:
        try:
            found = self._registry.version(self._registry.uri(self._name, version))
            return self._registry.document(found, RECORD)
        except MlgateError:  # the version is gone; its past is not
            return None

    @cached_property
    def _kept(self) -> Mapping[str, Path]:
        return dict(_digested([run.record_path for run in runs(self._state)]))


def _digested(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        try:
            yield digest_of(path.read_bytes()), path
        except OSError:
            continue


def _read(document: bytes | None) -> Record | None:
    try:
        return None if document is None else from_json(document)
    except MlgateError:
        return None
