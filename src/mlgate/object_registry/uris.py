"""URIs of a service: `scheme:name/3` and `scheme:name@alias`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlgate.errors import ModelError

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"


@dataclass(frozen=True, slots=True)
class RegistryUri:
    """A version of a registered model, or an alias that names one."""

    name: str
    version: str | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class RegistryUris:
    """How one service's URIs are read. `called` is a version in the words of its users."""

    scheme: str
    called: str = "registered version"
    name: str = NAME
    version: str = r"[0-9]{1,18}"
    example: str = "name/3"

    @property
    def forms(self) -> str:
        """For people."""
        return f"{self.scheme}:{self.example}, {self.scheme}:{self.example.partition('/')[0]}@alias"

    def parse(self, uri: str) -> RegistryUri:
        """The place that `uri` names. Raises `ModelError` where it names none."""
        place = rf"{self.scheme}:/?(?P<name>{self.name})"
        if found := re.fullmatch(rf"{place}/(?P<version>{self.version})", uri):
            return RegistryUri(found["name"], version=found["version"])
        if found := re.fullmatch(rf"{place}@(?P<alias>[A-Za-z0-9_-]+)", uri):
            return RegistryUri(found["name"], alias=found["alias"])
        hint = f"Name it as {self.forms.replace(', ', ' or ')}."
        raise ModelError(f"{uri} does not name one {self.called}.", hint=hint)

    def of(self, name: str, version: str) -> str:
        """The URI of a version."""
        return f"{self.scheme}:{name}/{version}"
