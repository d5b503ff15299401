"""Finds and opens models that MLflow keeps."""

from __future__ import annotations

from pathlib import Path

from mlgate import LocatedModel, Model, ModelError
from mlgate_mlflow.client import answering, quiet
from mlgate_mlflow.downloads import Downloads
from mlgate_mlflow.experiment import known_identity
from mlgate_mlflow.flavours import load
from mlgate_mlflow.guard import guard_of
from mlgate_mlflow.uris import SCHEMES, is_folder, registered
from mlgate_mlflow.versions import find_version, source_of, unregistered_source


class MlflowOpener:
    """Opens what MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI reach."""

    accepts = "models:/name@alias, models:/name/3, models:/m-id, runs:/id/path, a folder with an MLmodel"

    def __init__(self) -> None:
        self._downloads = Downloads()

    def claims(self, uri: str) -> bool:
        """Whether `uri` is one of MLflow's, or a folder with an MLmodel."""
        return uri.startswith(SCHEMES) or is_folder(uri)

    def locate(self, uri: str) -> LocatedModel:
        """The model's files within reach; an alias becomes the version that holds it now.

        Raises `ModelError` where there is no such model, `RegistryError` where the registry does not answer.
        """
        if is_folder(uri):
            return LocatedModel(asked=uri, uri=uri, path=Path(uri))
        place = registered(uri)
        if place is None:
            return LocatedModel(asked=uri, uri=uri, path=self._downloads.fetch(unregistered_source(uri), uri))
        version = find_version(uri)
        return LocatedModel(
            asked=uri,
            uri=version.uri,
            path=self._downloads.fetch(source_of(version), version.uri),
            name=version.name,
            version=version.version,
            alias=place.alias,
            created=version.created,
            registry=_registry(version.name),
        )

    def open(self, model: LocatedModel) -> Model:
        """The model in the folder. Raises `ModelError`."""
        if model.path is None or not (model.path / "MLmodel").is_file():
            raise ModelError(f"The files of {model.uri} hold no MLmodel.", hint="Was it logged as a model?")
        with quiet():
            return load(model.path, model.uri)


def _registry(name: str) -> str | None:
    """What the registry is called, where it is known by now."""
    with answering("MLflow's registry does not say what it is"):
        guarded = guard_of(name)
        return known_identity() if guarded is None else guarded.registry
