"""Unity Catalog, which MLflow's own client reaches as `databricks-uc`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mlgate import RegisteredVersion, RegistryError, RegistryUris
from mlgate_registries.answering import answering, is_called

_PART = "[A-Za-z0-9_-]+"
_RESERVED = re.compile(r"latest|v[0-9]+", re.IGNORECASE)
_LONGEST_TAG = 1_000
_REGISTRY = "databricks-uc"


class UnityCatalog:
    """Models `catalog.schema.model` of one metastore, which `place` names.

    `client` is an `mlflow.MlflowClient(registry_uri="databricks-uc")`, `download` MLflow's `download_artifacts`.
    """

    uris = RegistryUris("unity", name=rf"{_PART}\.{_PART}\.{_PART}", example="catalog.schema.model/3")
    slot = "alias"

    def __init__(self, client: Any, place: str, download: Callable[..., str]) -> None:
        self._client, self._place, self._download = client, place, download

    def identity(self, name: str) -> str:
        """The metastore."""
        return f"unity:{self._place}"

    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """All versions, newest first."""
        found: list[Any] = []
        token: str | None = ""
        with answering(f"The versions of {name} can't be listed"):
            while token is not None:
                ask = partial(self._client.search_model_versions, f"name = '{name}'", page_token=token or None)
                page = self._existing(ask)
                found += page or []
                token = getattr(page, "token", None) or None
        return tuple(_version(each) for each in sorted(found, key=lambda each: int(each.version), reverse=True))

    def find(self, name: str, version: str) -> RegisteredVersion | None:
        """That version, or None."""
        with answering(f"{self.uris.of(name, version)} can't be read"):
            found = self._existing(lambda: self._client.get_model_version(name, version))
        return None if found is None else _version(found)

    def aliases(self, name: str) -> Mapping[str, Sequence[str]]:
        """Every alias and its one holder: from the model, since a search does not tell them."""
        with answering(f"The aliases of {name} can't be read"):
            found = self._existing(lambda: self._client.get_registered_model(name))
        return {} if found is None else {str(alias): [str(number)] for alias, number in found.aliases.items()}

    def refuse_alias(self, alias: str) -> None:
        """What MLflow means itself."""
        if _RESERVED.fullmatch(alias):
            raise RegistryError(f"{alias!r} can be no alias in Unity Catalog.", hint="MLflow means versions by it.")

    def give(self, version: RegisteredVersion, alias: str) -> None:
        """In one step, whoever holds it: the request takes no condition."""
        with answering(f"{version.name}@{alias} can't be set"):
            self._client.set_registered_model_alias(version.name, alias, version.version)

    def take(self, version: RegisteredVersion, alias: str) -> None:
        """The request names no version: look first."""
        if version.version in self.aliases(version.name).get(alias, ()):
            with answering(f"{version.name}@{alias} can't be taken away"):
                self._client.delete_registered_model_alias(version.name, alias)

    def tag(self, version: RegisteredVersion, tags: Mapping[str, str]) -> None:
        """As tags; their keys may hold none of `. , - = / :`."""
        with answering(f"{version.uri} can't be tagged"):
            for key, value in tags.items():
                short = value[:_LONGEST_TAG]
                self._client.set_model_version_tag(version.name, version.version, re.sub(r"[^\w]", "_", key), short)

    def download(self, version: RegisteredVersion, folder: Path) -> Path:
        """By MLflow, with credentials that Unity Catalog gives for the version's folder."""
        with answering(f"The files of {version.uri} can't be downloaded"):
            uri = f"models:/{version.name}/{version.version}"
            return Path(self._download(artifact_uri=uri, dst_path=str(folder), registry_uri=_REGISTRY))

    def _existing(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except Exception as error:
            if is_called(error, "RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"):
                return None
            raise


def _version(found: Any) -> RegisteredVersion:
    name, number = str(found.name), str(found.version)
    return RegisteredVersion(name, number, UnityCatalog.uris.of(name, number), str(found.creation_timestamp))
