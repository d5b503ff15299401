"""What this plugin brings: models by SageMaker's package groups, and the registry itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate import ModelOpener, Registry, RegistryOpener, hookimpl
from mlgate_sagemaker.registry import SagemakerRegistry
from mlgate_sagemaker.uris import URIS


@hookimpl
def mlgate_model_openers() -> Sequence[ModelOpener]:
    """Files of model packages."""
    return [RegistryOpener(SagemakerRegistry())]


@hookimpl
def mlgate_registries() -> Mapping[str, Registry]:
    """The registry of the account and region that AWS's own settings name."""
    return {URIS.scheme: SagemakerRegistry()}
