"""The folder behind the protocol: it compares and sets under a lock, alias and ledger in one step."""

from __future__ import annotations

import re
import shutil
import weakref
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from mlgate.errors import AliasMoved, ModelError, RegistryError
from mlgate.folder_registry.places import IDENTITY, SCHEME, is_name, parse, root, version_uri
from mlgate.folder_registry.shelf import NOBODY, Shelf, read_json, write_json
from mlgate.ledger import Event
from mlgate.runner.journal import write_atomically
from mlgate.spec import Capabilities, Move, RegisteredVersion

_ALIAS = re.compile(r"[A-Za-z0-9_-]+")
_DOCUMENT = re.compile(r"[a-z0-9-]+")


class FolderRegistry:
    """The registry in MLGATE_REGISTRY, else in the nearest folder `mlgate-registry`."""

    def capabilities(self, name: str) -> Capabilities:
        """Compare and set in one step; nobody who may write the files is kept from it."""
        return Capabilities(registry=str(read_json(root() / IDENTITY).get("id")), cas=True)

    def version(self, uri: str) -> RegisteredVersion:
        """The version that `uri` names now. Raises `ModelError` where there is none."""
        place = parse(uri)
        shelf = _shelf(place.name)
        number = place.version or shelf.held(str(place.alias)).version
        found = None if number is None else _registered(place.name, number)
        if found is None:
            raise ModelError(f"There is no model {uri} in the registry.", hint=_known(place.name))
        return found

    def uri(self, name: str, version: str) -> str:
        """`folder:name/version`."""
        return version_uri(name, version)

    def holder(self, name: str, alias: str) -> RegisteredVersion | None:
        """Who holds `alias`; None where nobody does, or the version was deleted."""
        number = _shelf(name).held(alias).version
        return None if number is None else _registered(name, number)

    def aliases(self, name: str) -> Mapping[str, str]:
        """Every alias that somebody holds."""
        return {alias: held.version for alias, held in _shelf(name).aliases().items() if held.version is not None}

    def generation(self, name: str, alias: str) -> int:
        """How often `alias` has moved."""
        return _shelf(name).held(alias).generation

    def fetch(self, version: RegisteredVersion) -> Path:
        """A private copy of the version's files."""
        folder = mkdtemp(prefix="mlgate-folder-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        copy = Path(folder, "files")
        try:
            shutil.copytree(files_of(version.name, version.version), copy, symlinks=True)
        except (OSError, shutil.Error) as error:
            raise RegistryError(f"The files of {version.uri} can't be copied: {error}.") from error
        return copy

    def annotate(self, version: RegisteredVersion, tags: Mapping[str, str], documents: Mapping[str, bytes]) -> None:
        """Tags into version.json, documents beside it."""
        shelf = _shelf(version.name)
        folder = shelf.version(version.version)
        with shelf.locked():
            facts = read_json(folder / "version.json")
            write_json(folder / "version.json", {**facts, "tags": {**facts.get("tags", {}), **tags}})
            (folder / "documents").mkdir(exist_ok=True)
            for name, content in documents.items():
                write_atomically(_document(folder, name), content)

    def document(self, version: RegisteredVersion, name: str) -> bytes | None:
        """The document of that name, or None."""
        path = _document(_shelf(version.name).version(version.version), name)
        return path.read_bytes() if path.is_file() else None

    def documents(self, version: RegisteredVersion) -> tuple[str, ...]:
        """The names of the version's documents."""
        folder = _shelf(version.name).version(version.version) / "documents"
        names = [path.stem for path in folder.glob("*.json")] if folder.is_dir() else []
        return tuple(sorted(name for name in names if _DOCUMENT.fullmatch(name)))

    def set_alias(self, move: Move, event: Event, authorization: bytes | None) -> None:
        """Compare holder and generation, write ledger and alias, all under the lock."""
        version = move.version
        if _ALIAS.fullmatch(move.alias) is None:
            raise RegistryError(f"{move.alias!r} is no alias.", hint="Letters, digits, - and _ make one.")
        shelf = _shelf(version.name)
        with shelf.locked():
            if _registered(version.name, version.version) != version:
                raise ModelError(f"{version.uri} was deleted or made again meanwhile.", hint=_known(version.name))
            held = shelf.held(move.alias)
            holder = self.holder(version.name, move.alias)
            if holder != move.expected or held.generation != move.generation:
                raise AliasMoved(version.name, move.alias, holder.version if holder else None, version.uri)
            shelf.append(replace(event, generation=held.generation + 1))

    def clear_alias(self, name: str, alias: str, expected: RegisteredVersion, event: Event) -> None:
        """Take the alias away, and write it down."""
        shelf = _shelf(name)
        with shelf.locked():
            holder = self.holder(name, alias)
            if holder != expected:
                raise AliasMoved(name, alias, holder.version if holder else None, expected.uri)
            shelf.append(replace(event, version=None, created=None, generation=shelf.held(alias).generation + 1))

    def append(self, event: Event) -> None:
        """One more line of the ledger."""
        shelf = _shelf(event.model)
        with shelf.locked():
            shelf.append(event)

    def history(self, name: str) -> tuple[bytes, ...]:
        """Every line of the ledger."""
        return _shelf(name).entries()

    def head(self, name: str) -> str | None:
        """The hash of the last move, which aliases.json keeps too."""
        return max((held for held in _shelf(name).aliases().values()), key=lambda held: held.seq, default=NOBODY).entry


def files_of(name: str, version: str) -> Path:
    """Where the version's files are."""
    return _shelf(name).version(version) / "files"


def _shelf(name: str) -> Shelf:
    if not is_name(name):
        raise ModelError(f"{name!r} is no name of a model.", hint="Letters, digits, dot, - and _ make one.")
    return Shelf(root() / name)


def _document(folder: Path, name: str) -> Path:
    if _DOCUMENT.fullmatch(name) is None:
        raise RegistryError(f"{name!r} is no name of a document.")
    return folder / "documents" / f"{name}.json"


def _registered(name: str, number: str) -> RegisteredVersion | None:
    facts = _shelf(name).version(number) / "version.json"
    if not facts.is_file():
        return None
    return RegisteredVersion(name, number, version_uri(name, number), created=str(read_json(facts).get("created")))


def _known(name: str) -> str:
    numbers = _shelf(name).numbers()
    if not numbers:
        return f"It knows no model called {name}; `mlgate register {name} PATH` puts one into it."
    aliases = [f"{alias} (version {held.version})" for alias, held in sorted(_shelf(name).aliases().items())]
    return f"{SCHEME}:{name} has versions {', '.join(map(str, numbers))} and aliases {', '.join(aliases) or 'none'}."
