"""MLflow's model registry behind mlgate's protocol."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from mlgate import AliasMove, PromotionRefused, RegisteredVersion, RegistryError
from mlgate_mlflow import evidence
from mlgate_mlflow.client import answering, client
from mlgate_mlflow.downloads import Downloads
from mlgate_mlflow.uris import version_uri
from mlgate_mlflow.versions import find_version, model_version, registered_model, source_of

# MLflow accepts "champion\n" beside "champion"; nobody who reads them would tell the two apart.
_ALIAS = re.compile(r"[A-Za-z0-9_-]+")


class MlflowRegistry:
    """The registry that MLFLOW_REGISTRY_URI (else MLFLOW_TRACKING_URI) names."""

    def __init__(self) -> None:
        self._downloads = Downloads()

    def version(self, uri: str) -> RegisteredVersion:
        """The version that `uri` names now. Raises `ModelError` where there is none."""
        return find_version(uri)

    def holder(self, name: str, alias: str) -> RegisteredVersion | None:
        """Who holds `alias`; None where nobody does. A model that does not exist has no holders either."""
        with answering(f"MLflow's registry does not say who holds {name}@{alias}"):
            model = registered_model(name)
            version = model.aliases.get(alias) if model is not None else None
            return None if version is None else find_version(version_uri(name, str(version)))

    def fetch(self, version: RegisteredVersion) -> Path:
        """A private copy of the version's files, from where the registry keeps them."""
        return self._downloads.fetch(source_of(version), version.uri)

    def annotate(self, version: RegisteredVersion, tags: Mapping[str, str], record: bytes | None) -> None:
        """Tags on the version; the record as the artifact of a run of its own, so that no model's files change."""
        with answering(f"The verdict can't be written to {version.uri}", patient=True):
            written = {} if record is None else evidence.keep(version, tags, record)
            for key, value in {**tags, **written}.items():
                client().set_model_version_tag(version.name, version.version, key, value)

    def record(self, version: RegisteredVersion) -> bytes | None:
        """The record that was last written back, checked against the digest beside it; None where there is none."""
        with answering(f"The record of {version.uri} can't be read"):
            return evidence.find(version, dict(model_version(version.uri).tags))

    def set_alias(self, version: RegisteredVersion, alias: str, expected: RegisteredVersion | None) -> AliasMove:
        """Move `alias` if `expected` still holds it, and read it back.

        MLflow has no compare-and-set: a move by somebody else between our look and our write is overwritten unseen,
        one after our write is seen on reading back and left as it is. So the move says `cas=False`. Raises
        `PromotionRefused` where `expected` does not hold the alias, or the version not afterwards.
        """
        if _ALIAS.fullmatch(alias) is None:
            raise RegistryError(f"{alias!r} is no alias.", hint="Letters, digits, - and _ make one.")
        before = self.holder(version.name, alias)
        if before != expected:
            raise PromotionRefused(_moved(version, alias, before), hint=_again(version))
        with answering(f"The alias {version.name}@{alias} can't be set"):
            client().set_registered_model_alias(version.name, alias, version.version)
        after = self._read_back(version, alias)
        if after != version:
            raise PromotionRefused(_moved(version, alias, after), hint=_again(version))
        return AliasMove(version.name, alias, version.version, before.version if before else None, cas=False)

    def _read_back(self, version: RegisteredVersion, alias: str) -> RegisteredVersion | None:
        try:
            return self.holder(version.name, alias)
        except RegistryError as error:
            raise RegistryError(
                f"{version.name}@{alias} was set to version {version.version}, and could not be read back: "
                f"{error.message}",
                hint=f"Promote once more: it is safe to repeat. {error.hint}",
            ) from error


def _moved(version: RegisteredVersion, alias: str, holder: RegisteredVersion | None) -> str:
    now = f"held by version {holder.version}" if holder else "held by nobody"
    return f"{version.name}@{alias} was moved by somebody else meanwhile: it is {now}."


def _again(version: RegisteredVersion) -> str:
    return f"Compare with that one: `mlgate run --model {version.uri}`."
