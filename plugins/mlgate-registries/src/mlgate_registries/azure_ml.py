"""Azure ML's model registry, which has no aliases: a tag of a version stands for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlgate import RegisteredVersion, RegistryUris
from mlgate_registries.answering import answering, is_called

_ALIAS = "mlgate.alias."
_LONGEST_TAG = 256  # of Azure's resources; Azure ML tells no other number


class AzureMl:
    """Models of one workspace or registry.

    `models` is the `models` of an `azure.ai.ml.MLClient`, `place` names its workspace or registry. A version is written
    whole: a tag that somebody else sets between reading and writing is lost, and Azure ML has no condition against it.
    """

    uris = RegistryUris("azureml", called="model version", version="[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
    slot = "tag"

    def __init__(self, models: Any, place: str) -> None:
        self._models, self._place = models, place

    def identity(self, name: str) -> str:
        """The workspace or registry."""
        return f"azureml:{self._place}"

    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """All versions that are not archived, newest first."""
        return tuple(_version(name, each) for each in self._all(name))

    def find(self, name: str, version: str) -> RegisteredVersion | None:
        """That version, or None."""
        found = self._model(name, version)
        return None if found is None else _version(name, found)

    def aliases(self, name: str) -> Mapping[str, Sequence[str]]:
        """Every alias that a tag stands for; several versions may have it."""
        held: dict[str, list[str]] = {}
        for each in self._all(name):
            for tag in each.tags or {}:
                if str(tag).startswith(_ALIAS):
                    held.setdefault(str(tag).removeprefix(_ALIAS), []).append(str(each.version))
        return held

    def refuse_alias(self, alias: str) -> None:
        """Whatever is an alias for mlgate is a tag in Azure ML."""

    def give(self, version: RegisteredVersion, alias: str) -> None:
        """Tag the version."""
        self._retag(version, {f"{_ALIAS}{alias}": "true"})

    def take(self, version: RegisteredVersion, alias: str) -> None:
        """Take the tag away."""
        self._retag(version, {}, without=f"{_ALIAS}{alias}")

    def tag(self, version: RegisteredVersion, tags: Mapping[str, str]) -> None:
        """As tags, which are short."""
        self._retag(version, {key: value[:_LONGEST_TAG] for key, value in tags.items()})

    def download(self, version: RegisteredVersion, folder: Path) -> Path:
        """Azure ML makes a folder with the model's name, and in it one with the name that the folder had."""
        with answering(f"The files of {version.uri} can't be downloaded"):
            self._models.download(name=version.name, version=version.version, download_path=str(folder))
        place = folder / version.name
        inner = sorted(place.iterdir()) if place.is_dir() else []
        return inner[0] if len(inner) == 1 else place

    def _retag(self, version: RegisteredVersion, tags: Mapping[str, str], without: str | None = None) -> None:
        found = self._model(version.name, version.version)
        if found is None:
            return
        found.tags = {key: value for key, value in {**(found.tags or {}), **tags}.items() if key != without}
        with answering(f"The tags of {version.uri} can't be changed"):
            self._models.create_or_update(found)

    def _all(self, name: str) -> list[Any]:
        with answering(f"The versions of {name} can't be listed"):
            try:
                found = list(self._models.list(name=name))
            except Exception as error:
                if is_called(error, "ResourceNotFoundError"):
                    return []
                raise
        return sorted(found, key=_made, reverse=True)

    def _model(self, name: str, version: str) -> Any:
        with answering(f"{self.uris.of(name, version)} can't be read"):
            try:
                return self._models.get(name=name, version=version)
            except Exception as error:
                if is_called(error, "ResourceNotFoundError"):
                    return None
                raise


def _made(model: Any) -> str:
    made = model.creation_context.created_at
    return str(made.isoformat() if hasattr(made, "isoformat") else made)


def _version(name: str, model: Any) -> RegisteredVersion:
    number = str(model.version)
    return RegisteredVersion(name, number, AzureMl.uris.of(name, number), _made(model))
