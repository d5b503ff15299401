"""What a service has to tell and do, so that `ObjectRegistry` can be a registry with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from mlgate.object_registry.uris import RegistryUris
from mlgate.spec import RegisteredVersion


class ModelService(Protocol):
    """A service of registered models. Every method raises `RegistryError` when it can't be reached."""

    @property
    def uris(self) -> RegistryUris:
        """How its models are named."""
        ...

    @property
    def slot(self) -> str:
        """What moves, as its users call it."""
        ...

    def identity(self, name: str) -> str:
        """The place that `name` is in, the same from every machine. Raises `ModelError` where there is none."""
        ...

    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """All versions, newest first; none where there is no such model."""
        ...

    def find(self, name: str, version: str) -> RegisteredVersion | None:
        """That version, or None."""
        ...

    def aliases(self, name: str) -> Mapping[str, Sequence[str]]:
        """Every alias and the versions that hold it, newest first: some services let several hold one."""
        ...

    def refuse_alias(self, alias: str) -> None:
        """Raises `RegistryError` with the service's own rule where `alias` can be none of its aliases."""
        ...

    def give(self, version: RegisteredVersion, alias: str) -> None:
        """Let the version hold the alias."""
        ...

    def take(self, version: RegisteredVersion, alias: str) -> None:
        """Let the version hold the alias no more; nothing is done where it does not."""
        ...

    def tag(self, version: RegisteredVersion, tags: Mapping[str, str]) -> None:
        """Words for people on the version, cut or left out where the service has no room for them."""
        ...

    def download(self, version: RegisteredVersion, folder: Path) -> Path:
        """The version's files into the empty folder; where they begin."""
        ...
