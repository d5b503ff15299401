"""A registry for services that move aliases and keep no ledger: the ledger stands in an object store beside them."""

from mlgate.object_registry.objects import ObjectStore
from mlgate.object_registry.opener import RegistryOpener
from mlgate.object_registry.registry import ObjectRegistry
from mlgate.object_registry.service import ModelService
from mlgate.object_registry.uris import RegistryUri, RegistryUris

__all__ = ["ModelService", "ObjectRegistry", "ObjectStore", "RegistryOpener", "RegistryUri", "RegistryUris"]
