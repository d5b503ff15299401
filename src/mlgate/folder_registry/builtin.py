"""The folder registry, registered through the hooks that strangers' use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate.folder_registry.opener import FolderOpener
from mlgate.folder_registry.places import SCHEME
from mlgate.folder_registry.registry import FolderRegistry
from mlgate.spec import ModelOpener, Registry, hookimpl


@hookimpl
def mlgate_model_openers() -> Sequence[ModelOpener]:
    """Models of the folder."""
    return [FolderOpener()]


@hookimpl
def mlgate_registries() -> Mapping[str, Registry]:
    """The folder itself."""
    return {SCHEME: FolderRegistry()}
