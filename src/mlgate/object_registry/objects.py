"""Where ledgers and documents stand: whatever holds named bytes and can refuse to write over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class ObjectStore(Protocol):
    """A bucket, a container, a volume. Every method raises `RegistryError` when it can't be reached."""

    def read(self, key: str) -> bytes | None:
        """The object, or None."""
        ...

    def write(self, key: str, content: bytes) -> None:
        """Whatever was there before."""
        ...

    def create(self, key: str, content: bytes) -> bool:
        """Write only where nothing is, in one step that the store itself keeps; False where something is."""
        ...

    def names(self, prefix: str) -> Mapping[str, str]:
        """What stands under `prefix/`, without it: each name with a mark that is another for other content."""
        ...
