"""Finds models of such a registry; whoever opens their files opens them."""

from __future__ import annotations

from mlgate.errors import ModelError
from mlgate.object_registry.registry import ObjectRegistry
from mlgate.spec import LocatedModel, Model


class RegistryOpener:
    """Finds `scheme:name/3` and `scheme:name@alias`."""

    def __init__(self, registry: ObjectRegistry) -> None:
        self._registry = registry
        self.accepts = registry.uris.forms

    def claims(self, uri: str) -> bool:
        """Whether `uri` is one of the registry's."""
        return uri.startswith(f"{self._registry.uris.scheme}:")

    def locate(self, uri: str) -> LocatedModel:
        """The version's files, fetched. Raises `ModelError` where there is no such version."""
        registry = self._registry
        version = registry.version(uri)
        alias, known = registry.uris.parse(uri).alias, registry.capabilities(version.name)
        return LocatedModel.of(uri, version, registry.fetch(version), alias, known.registry)

    def open(self, model: LocatedModel) -> Model:
        """Never called: `via` names another opener."""
        raise ModelError(f"Nothing here opens the files of {model.uri}.")
