"""The registry: a move is written into the ledger where its place is free, and then the service is told."""

from __future__ import annotations

import re
import shutil
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from mlgate.errors import AliasMoved, ModelError, OutcomeUnknown, RegistryError
from mlgate.ledger import Event
from mlgate.object_registry.ledger import ObjectLedger
from mlgate.object_registry.objects import ObjectStore
from mlgate.object_registry.service import ModelService
from mlgate.spec import Capabilities, Move, RegisteredVersion

_ALIAS = re.compile(r"[A-Za-z0-9_-]{1,255}")
_DOCUMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHOWN = 8


class ObjectRegistry:
    """A service of models, with ledger and documents in `store`.

    Of two promoters that use mlgate one wins, for both want the same place in the ledger. The service itself takes a
    move from anybody who may ask for one, so `cas` is false; `mlgate audit` finds those moves.
    """

    def __init__(self, service: ModelService, store: ObjectStore) -> None:
        self.uris = service.uris
        self._service, self._store = service, store
        self.ledger = ObjectLedger(store)

    def capabilities(self, name: str) -> Capabilities:
        """No compare and set: only mlgate's own moves exclude each other."""
        return Capabilities(self._service.identity(name), slot=self._service.slot)

    def version(self, uri: str) -> RegisteredVersion:
        """The version that `uri` names now. Raises `ModelError` where there is none."""
        place = self.uris.parse(uri)
        if place.version is None:
            found = self.holder(place.name, str(place.alias))
        else:
            found = self._service.find(place.name, place.version)
        if found is None:
            raise ModelError(f"There is no {self.uris.called} {uri}.", hint=self._known(place.name))
        return found

    def uri(self, name: str, version: str) -> str:
        """`scheme:name/version`."""
        return self.uris.of(name, version)

    def holder(self, name: str, alias: str) -> RegisteredVersion | None:
        """Who holds `alias`. Of several, the newest that the ledger does not name: a reader may take any of them."""
        numbers = self.holders(name, alias)
        last = self.ledger.last_move(name, alias) if len(numbers) > 1 else None
        strangers = (number for number in numbers if last is None or number != last.version)
        chosen = next(strangers, next(iter(numbers), None))
        return None if chosen is None else self._service.find(name, chosen)

    def holders(self, name: str, alias: str) -> Sequence[str]:
        """The versions that the service lets hold `alias`, newest first."""
        return self._service.aliases(name).get(alias, ())

    def aliases(self, name: str) -> Mapping[str, str]:
        """Every alias and its holder."""
        held = {alias: self.holder(name, alias) for alias in self._service.aliases(name)}
        return {alias: version.version for alias, version in held.items() if version is not None}

    def generation(self, name: str, alias: str) -> int:
        """How often the alias has moved, as far as the ledger knows."""
        return self.ledger.generation(name, alias)

    def fetch(self, version: RegisteredVersion) -> Path:
        """A private copy of the version's files, gone when this is gone."""
        folder = mkdtemp(prefix=f"mlgate-{self.uris.scheme}-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return self._service.download(version, Path(folder))

    def annotate(self, version: RegisteredVersion, tags: Mapping[str, str], documents: Mapping[str, bytes]) -> None:
        """Documents into the store; tags to the service, which has room for short ones."""
        for name, content in documents.items():
            self._store.write(_document(version, name), content)
        if tags:
            self._service.tag(version, tags)

    def document(self, version: RegisteredVersion, name: str) -> bytes | None:
        """The document of that name, or None."""
        return self._store.read(_document(version, name))

    def documents(self, version: RegisteredVersion) -> tuple[str, ...]:
        """The names of the version's documents."""
        return tuple(sorted(self._store.names(_documents(version))))

    def set_alias(self, move: Move, event: Event, authorization: bytes | None) -> None:
        """Write the move down where its place in the ledger is free; then let the version hold the alias alone."""
        version = move.version
        self._refuse_odd(move.alias)
        if self._service.find(version.name, version.version) != version:
            raise ModelError(f"{version.uri} was deleted or made again meanwhile.", hint="Run the gate again.")
        self.ledger.write(event, self._unmoved(move))
        self.follow(version.name, move.alias)

    def clear_alias(self, name: str, alias: str, expected: RegisteredVersion, event: Event) -> None:
        """Take the alias away if `expected` holds it, and write it down."""
        so_far = Move(expected, alias, expected, self.generation(name, alias), event.registry)
        self.ledger.write(replace(event, version=None, created=None), self._unmoved(so_far))
        self.follow(name, alias)

    def append(self, event: Event) -> None:
        """One more entry."""
        self.ledger.write(event)

    def history(self, name: str) -> tuple[bytes, ...]:
        """Every entry of the ledger."""
        return self.ledger.read(name)

    def head(self, name: str) -> str | None:
        """None: nothing keeps it apart. Versioning or an object lock of the store guards the end."""
        return None

    def follow(self, name: str, alias: str) -> None:
        """Put the alias where the ledger says, and look again: a slow writer must not undo a move that came after."""
        try:
            told = self.ledger.last_move(name, alias)
            while True:
                self._tell(name, alias, told.version if told else None)
                last = self.ledger.last_move(name, alias)
                if last == told:
                    return
                told = last
        except RegistryError as error:
            raise OutcomeUnknown(
                f"The move stands in the ledger, and {name}@{alias} may not have followed. {error.message}",
                hint=f"`mlgate audit --fix {self.uris.scheme}:{name}` puts it where the ledger says.",
            ) from error

    def _unmoved(self, move: Move) -> Callable[[int], None]:
        def still(so_far: int) -> None:
            name = move.version.name
            holder = self.holder(name, move.alias)
            if holder != move.expected or so_far != move.generation:
                raise AliasMoved(name, move.alias, holder.version if holder else None, move.version.uri)

        return still

    def _tell(self, name: str, alias: str, chosen: str | None) -> None:
        """First give, so that never nobody holds it; then take it from all others."""
        held = self.holders(name, alias)
        given = None if chosen is None or chosen in held else self._service.find(name, chosen)
        if given is not None:
            self._service.give(given, alias)
        for number in held:
            other = None if number == chosen else self._service.find(name, number)
            if other is not None:
                self._service.take(other, alias)

    def _refuse_odd(self, alias: str) -> None:
        if _ALIAS.fullmatch(alias) is None:
            raise RegistryError(f"{alias!r} is no alias.", hint="Letters, digits, - and _ make one.")
        self._service.refuse_alias(alias)

    def _known(self, name: str) -> str:
        """What there is under that name, for somebody who misspelt it."""
        numbers = [each.version for each in self._service.versions(name)]
        if not numbers:
            return f"There is no model {name}, or it has no versions."
        hidden = f" ({len(numbers) - _SHOWN} earlier)" if len(numbers) > _SHOWN else ""
        held = ", ".join(f"{alias} (version {number})" for alias, number in sorted(self.aliases(name).items()))
        return f"It has versions {', '.join(reversed(numbers[:_SHOWN]))}{hidden} and aliases {held or 'none'}."


def _documents(version: RegisteredVersion) -> str:
    """With the time of the making: a number may be used again."""
    return f"{version.name}/versions/{version.version}@{re.sub(r'[^0-9A-Za-z]', '-', version.created)}"


def _document(version: RegisteredVersion, name: str) -> str:
    if _DOCUMENT.fullmatch(name) is None:
        raise RegistryError(f"{name!r} is no name of a document.")
    return f"{_documents(version)}/{name}"
