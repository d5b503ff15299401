"""Look a model up: what does not exist is a mistake in its name, what does not answer is another thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from mlgate import ModelError, RegisteredVersion
from mlgate_mlflow.client import answering, client, is_missing
from mlgate_mlflow.uris import RegisteredUri, RunUri, logged_model, of_run, registered, version_uri

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel

T = TypeVar("T")
FORMS = "Name it as models:/name/3 or models:/name@alias."
_SHOWN = 8


def find_version(uri: str) -> RegisteredVersion:
    """The version that `uri` names now. Raises `ModelError` where there is none, `RegistryError` without an answer."""
    found = model_version(uri)
    name, version = str(found.name), str(found.version)
    return RegisteredVersion(name, version, version_uri(name, version), created=str(found.creation_timestamp))


def model_version(uri: str) -> ModelVersion:
    """MLflow's own entity for `uri`. Raises as `find_version`."""
    place = registered(uri)
    if place is None:
        raise ModelError(f"{uri} does not name one registered version.", hint=FORMS)
    with answering(f"MLflow's registry does not answer for {uri}"):
        number = place.version or _holder(uri, place)
        found = existing(lambda: client().get_model_version(place.name, number))
        if found is None:
            raise ModelError(f"There is no model {uri} in the registry.", hint=_known(place.name))
        return found


def registered_model(name: str) -> RegisteredModel | None:
    """MLflow's own entity, or None where there is none of that name."""
    return existing(lambda: client().get_registered_model(name))


def source_of(version: RegisteredVersion) -> str:
    """Where MLflow keeps the version's files. Not `models:/`, whose download writes into the stored folder."""
    with answering(f"MLflow does not say where the files of {version.uri} are"):
        return str(client().get_model_version_download_uri(version.name, version.version))


def unregistered_source(uri: str) -> str:
    """Where the files of a model without a name in the registry are. Raises `ModelError` where there is none."""
    with answering(f"MLflow does not answer for {uri}"):
        if (id := logged_model(uri)) is not None:
            model = existing(lambda: client().get_logged_model(id))
            if model is None:
                raise ModelError(f"There is no logged model {id}.", hint=FORMS)
            return str(model.artifact_location)
        if (place := of_run(uri)) is None:
            raise ModelError(f"{uri} does not name one model.", hint=f"{FORMS[:-1]}, or runs:/<run id>/<path>.")
        _refuse_absent(place, uri)
        return uri


def _refuse_absent(place: RunUri, uri: str) -> None:
    """MLflow's own download says the same of a path that does not exist and of a server that does not answer."""
    import mlflow.artifacts

    run = existing(lambda: client().get_run(place.run))
    if run is None:
        raise ModelError(f"There is no run {place.run}.", hint="The id stands in MLflow's page of the run.")
    if not mlflow.artifacts.list_artifacts(artifact_uri=uri):
        logged = [client().get_logged_model(output.model_id).name for output in run.outputs.model_outputs]
        raise ModelError(
            f"The run {place.run} has no model at {place.path!r}.",
            hint=f"Models that it logged: {_shortened(sorted(logged))}.",
        )


def _holder(uri: str, place: RegisteredUri) -> str:
    """The version that holds the alias; an unknown alias is no error of its own in MLflow, so the model is asked."""
    model = registered_model(place.name)
    version = model.aliases.get(place.alias) if model is not None else None
    if version is None:
        raise ModelError(f"There is no model {uri} in the registry.", hint=_known(place.name))
    return str(version)


def _known(name: str) -> str:
    """What the registry has under that name, for somebody who misspelt it."""
    found = registered_model(name)
    if found is None:
        return f"It knows no model called {name}."
    versions = sorted(int(version.version) for version in client().search_model_versions(f"name='{name}'"))
    aliases = [f"{alias} (version {version})" for alias, version in sorted(found.aliases.items())]
    return f"It has versions {_shortened([*map(str, versions)])} and aliases {_shortened(aliases)}."


def _shortened(items: list[str]) -> str:
    """The last ones of a list, which are the newest of versions."""
    hidden = len(items) - _SHOWN
    shown = ", ".join(items[-_SHOWN:]) or "none"
    return shown if hidden <= 0 else f"{shown} ({hidden} earlier)"


def existing(ask: Callable[[], T]) -> T | None:
    """What is asked for, or None where MLflow says that it does not exist."""
    from mlflow.exceptions import MlflowException

    try:
        return ask()
    except MlflowException as error:
        if is_missing(error):
            return None
        raise
