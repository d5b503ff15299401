"""Finds the models of the folder; whoever opens such a file opens them."""

from __future__ import annotations

from mlgate.errors import ModelError
from mlgate.folder_registry.places import SCHEME, parse
from mlgate.folder_registry.registry import FolderRegistry, files_of
from mlgate.spec import LocatedModel, Model


class FolderOpener:
    """Finds `folder:name/3` and `folder:name@alias`."""

    accepts = "folder:name/3, folder:name@alias"

    def claims(self, uri: str) -> bool:
        """Whether `uri` is one of the folder registry's."""
        return uri.startswith(f"{SCHEME}:")

    def locate(self, uri: str) -> LocatedModel:
        """The version's files. Raises `ModelError` where there is no such version."""
        registry = FolderRegistry()
        version = registry.version(uri)
        files = files_of(version.name, version.version)
        return LocatedModel.of(uri, version, files, parse(uri).alias, registry.capabilities(version.name).registry)

    def open(self, model: LocatedModel) -> Model:
        """Never called: `via` names another opener."""
        raise ModelError(f"Nothing here opens the files of {model.uri}.")
