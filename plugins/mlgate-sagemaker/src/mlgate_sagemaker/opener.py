"""Finds the models of the registry; whoever opens such files opens them."""

from __future__ import annotations

from mlgate import LocatedModel, Model, ModelError
from mlgate_sagemaker.registry import SagemakerRegistry
from mlgate_sagemaker.uris import SCHEME, parse


class SagemakerOpener:
    """Finds `sagemaker:name/3` and `sagemaker:name@alias`."""

    accepts = "sagemaker:name/3, sagemaker:name@alias"

    def __init__(self) -> None:
        self._registry = SagemakerRegistry()

    def claims(self, uri: str) -> bool:
        """Whether `uri` is one of SageMaker's."""
        return uri.startswith(f"{SCHEME}:")

    def locate(self, uri: str) -> LocatedModel:
        """The package's files, fetched. Raises `ModelError` where there is no such package."""
        version = self._registry.version(uri)
        files = self._registry.fetch(version)
        return LocatedModel(
            asked=uri,
            uri=version.uri,
            path=files,
            name=version.name,
            version=version.version,
            alias=parse(uri).alias,
            via=str(files),
            created=version.created,
            registry=self._registry.capabilities(version.name).registry,
        )

    def open(self, model: LocatedModel) -> Model:
        """Never called: `via` names another opener."""
        raise ModelError(f"{model.uri} is opened by the opener of its files.")
