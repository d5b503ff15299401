"""A model registry in a plain folder of JSON files, for teams without a server: `folder:credit-risk/7`."""

from mlgate.folder_registry.registering import register
from mlgate.folder_registry.registry import FolderRegistry

__all__ = ["FolderRegistry", "register"]
