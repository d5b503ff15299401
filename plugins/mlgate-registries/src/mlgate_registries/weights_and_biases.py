"""W&B's registry: versions linked into a collection, of which one holds an alias."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlgate import RegisteredVersion, RegistryError, RegistryUris
from mlgate_registries.answering import answering

_OWN = re.compile(r"latest|v[0-9]+")
_LONGEST_ALIAS = 128
_MOST_KEYS = 100


class WeightsAndBiases:
    """Collections of one registry.

    `api` is a `wandb.Api`, `registry` `organization/wandb-registry-name`, `type` that of its artifacts.
    """

    uris = RegistryUris("wandb", called="artifact version", version="v[0-9]{1,9}", example="name/v3")
    slot = "alias"

    def __init__(self, api: Any, registry: str, type: str = "model") -> None:
        self._api, self._registry, self._type = api, registry, type

    def identity(self, name: str) -> str:
        """The registry."""
        return f"wandb:{self._registry}"

    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """All versions, newest first."""
        return tuple(_version(name, each) for each in self._all(name))

    def find(self, name: str, version: str) -> RegisteredVersion | None:
        """That version, or None."""
        found = self._artifact(name, version)
        return None if found is None else _version(name, found)

    def aliases(self, name: str) -> Mapping[str, Sequence[str]]:
        """Every alias but those that W&B moves by itself."""
        held = {str(alias): [str(each.version)] for each in self._all(name) for alias in each.aliases}
        return {alias: versions for alias, versions in held.items() if not _OWN.fullmatch(alias)}

    def refuse_alias(self, alias: str) -> None:
        """W&B passes over aliases that are its own, without a word."""
        if _OWN.fullmatch(alias) or len(alias) > _LONGEST_ALIAS:
            raise RegistryError(
                f"{alias!r} can be no alias in W&B.",
                hint=f"latest and v with a number are W&B's own; others have at most {_LONGEST_ALIAS} characters.",
            )

    def give(self, version: RegisteredVersion, alias: str) -> None:
        """W&B takes it from the other one."""
        artifact = self._artifact(version.name, version.version)
        if artifact is not None:
            self._save(version, artifact, [*artifact.aliases, alias])

    def take(self, version: RegisteredVersion, alias: str) -> None:
        """Look first: the other one may have lost it by now."""
        artifact = self._artifact(version.name, version.version)
        if artifact is not None and alias in artifact.aliases:
            self._save(version, artifact, [each for each in artifact.aliases if each != alias])

    def tag(self, version: RegisteredVersion, tags: Mapping[str, str]) -> None:
        """Into the artifact's metadata, which takes a hundred keys; what finds no room there is left out."""
        artifact = self._artifact(version.name, version.version)
        if artifact is None:
            return
        room = _MOST_KEYS - len(set(artifact.metadata) - set(tags))
        with answering(f"{version.uri} can't be annotated"):
            artifact.metadata.update(dict(list(tags.items())[: max(room, 0)]))
            artifact.save()

    def download(self, version: RegisteredVersion, folder: Path) -> Path:
        """The artifact's files; W&B checks them against its manifest."""
        artifact = self._artifact(version.name, version.version)
        if artifact is None:
            raise RegistryError(f"{version.uri} was taken away meanwhile.", hint="Name another version.")
        with answering(f"The files of {version.uri} can't be downloaded"):
            return Path(artifact.download(root=str(folder)))

    def _save(self, version: RegisteredVersion, artifact: Any, aliases: list[str]) -> None:
        with answering(f"The aliases of {version.uri} can't be changed"):
            artifact.aliases = aliases
            artifact.save()

    def _all(self, name: str) -> list[Any]:
        place = f"{self._registry}/{name}"
        with answering(f"The versions of {name} can't be listed"):
            if not self._api.artifact_collection_exists(name=place, type=self._type):
                return []
            found = list(self._api.artifacts(type_name=self._type, name=place))
        return sorted(found, key=lambda each: int(str(each.version)[1:]), reverse=True)

    def _artifact(self, name: str, version: str) -> Any:
        place = f"{self._registry}/{name}:{version}"
        with answering(f"{self.uris.of(name, version)} can't be read"):
            return self._api.artifact(place, type=self._type) if self._api.artifact_exists(place, self._type) else None


def _version(name: str, artifact: Any) -> RegisteredVersion:
    """With the digest of the manifest: the time is that of the artifact, which another link may be of."""
    number = str(artifact.version)
    return RegisteredVersion(
        name, number, WeightsAndBiases.uris.of(name, number), f"{artifact.created_at} {artifact.digest}"
    )
