"""Vertex AI's model registry: an alias is held by one version of a model, and moves by `mergeVersionAliases`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mlgate import RegisteredVersion, RegistryError, RegistryUris
from mlgate_registries.answering import answering, is_called

_ALIAS = re.compile(r"[a-z][a-zA-Z0-9-]{0,126}[a-z0-9]")
_LONGEST_LABEL = 63


class VertexAi:
    """Models of one project and location.

    `models` is a `google.cloud.aiplatform_v1.ModelServiceClient`, `parent` `projects/.../locations/...`, `storage` a
    `google.cloud.storage.Client`, which fetches the files.
    """

    uris = RegistryUris("vertexai", called="model version", name="[a-z0-9_-]{1,63}")
    slot = "alias"

    def __init__(self, models: Any, parent: str, storage: Any) -> None:
        self._models, self._parent, self._storage = models, parent, storage

    def identity(self, name: str) -> str:
        """Project and location."""
        return f"vertexai:{self._parent}"

    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """All versions, newest first."""
        return tuple(_version(name, each) for each in self._all(name))

    def find(self, name: str, version: str) -> RegisteredVersion | None:
        """That version, or None."""
        found = self._model(f"{name}@{version}")
        return None if found is None else _version(name, found)

    def aliases(self, name: str) -> Mapping[str, Sequence[str]]:
        """Every alias and its one holder; `default`, which Vertex AI asks for, included."""
        return {str(alias): [str(each.version_id)] for each in self._all(name) for alias in each.version_aliases}

    def refuse_alias(self, alias: str) -> None:
        """Vertex AI's own form."""
        if _ALIAS.fullmatch(alias) is None:
            raise RegistryError(
                f"{alias!r} can be no alias in Vertex AI.",
                hint="2 to 128 letters, digits and -, the first a lower-case letter, the last one or a digit.",
            )

    def give(self, version: RegisteredVersion, alias: str) -> None:
        """Vertex AI takes it from the other one in the same step."""
        self._merge(version, alias)

    def take(self, version: RegisteredVersion, alias: str) -> None:
        """A minus before the alias takes it away."""
        found = self._model(f"{version.name}@{version.version}")
        if found is not None and alias in found.version_aliases:
            self._merge(version, f"-{alias}")

    def tag(self, version: RegisteredVersion, tags: Mapping[str, str]) -> None:
        """As labels of the version, in the few letters that these have; the ETag keeps others' labels."""
        found = self._model(f"{version.name}@{version.version}")
        if found is None:
            return
        labels = {**dict(found.labels), **{_label(key): _label(value) for key, value in tags.items()}}
        model = {"name": self._place(f"{version.name}@{version.version}"), "labels": labels, "etag": found.etag}
        with answering(f"{version.uri} can't be labelled"):
            self._models.update_model(request={"model": model, "update_mask": {"paths": ["labels"]}})

    def download(self, version: RegisteredVersion, folder: Path) -> Path:
        """What stands at the version's `artifact_uri`."""
        found = self._model(f"{version.name}@{version.version}")
        place = urlsplit(str(found.artifact_uri) if found is not None else "")
        if place.scheme != "gs":
            raise RegistryError(
                f"{version.uri} has no files in Cloud Storage.", hint="Upload the model with an artifact_uri."
            )
        start = place.path.strip("/") + "/"
        with answering(f"The files of {version.uri} can't be downloaded"):
            for blob in self._storage.list_blobs(place.netloc, prefix=start):
                target = _inside(folder, str(blob.name).removeprefix(start), version)
                if target is not None:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    blob.download_to_filename(str(target))
        return folder

    def _all(self, name: str) -> list[Any]:
        with answering(f"The versions of {name} can't be listed"):
            try:
                found = list(self._models.list_model_versions(name=self._place(name)))
            except Exception as error:
                if is_called(error, "NotFound"):
                    return []
                raise
        return sorted(found, key=lambda each: int(each.version_id), reverse=True)

    def _model(self, place: str) -> Any:
        with answering(f"{self.uris.scheme}:{place} can't be read"):
            try:
                return self._models.get_model(name=self._place(place))
            except Exception as error:
                if is_called(error, "NotFound"):
                    return None
                raise

    def _merge(self, version: RegisteredVersion, alias: str) -> None:
        place = self._place(f"{version.name}@{version.version}")
        with answering(f"The aliases of {version.uri} can't be changed"):
            self._models.merge_version_aliases(name=place, version_aliases=[alias])

    def _place(self, name: str) -> str:
        return f"{self._parent}/models/{name}"


def _version(name: str, model: Any) -> RegisteredVersion:
    number = str(model.version_id)
    return RegisteredVersion(name, number, VertexAi.uris.of(name, number), model.version_create_time.isoformat())


def _label(text: str) -> str:
    """Lower-case letters, digits, - and _ are all that there is."""
    return re.sub(r"[^a-z0-9_-]", "_", text.lower())[:_LONGEST_LABEL]


def _inside(folder: Path, name: str, version: RegisteredVersion) -> Path | None:
    """Where the object goes; None for the mark of a folder. A name that leads out of the folder is refused."""
    if name in ("", "/") or name.endswith("/"):
        return None
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise RegistryError(f"{version.uri} has a file called {name!r}, which leads out of its folder.")
    return target
