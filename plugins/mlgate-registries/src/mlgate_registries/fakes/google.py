"""Vertex AI's model service and Cloud Storage.

https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models/mergeVersionAliases
https://cloud.google.com/vertex-ai/docs/model-registry/model-alias
https://cloud.google.com/storage/docs/request-preconditions
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

_ALIAS = re.compile(r"[a-z][a-zA-Z0-9-]{0,126}[a-z0-9]")
_LABEL = re.compile(r"[a-z0-9_-]{0,63}")


class NotFound(Exception):
    """404."""


class PreconditionFailed(Exception):
    """412: the generation is another one."""


class Aborted(Exception):
    """409: the ETag is another one."""


class InvalidArgument(Exception):
    """400."""


@dataclass
class FakeModel:
    """A version of a model."""

    name: str
    version_id: str
    artifact_uri: str
    version_create_time: datetime
    version_aliases: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    etag: str = "1"


class FakeModelService:
    """`aiplatform_v1.ModelServiceClient`."""

    def __init__(self) -> None:
        self.models: dict[str, FakeModel] = {}
        self._lock = Lock()

    def upload(self, parent: str, name: str, artifact_uri: str) -> None:
        """The first version gets the alias `default`, which some version must always have."""
        number = str(1 + sum(each.startswith(f"{parent}/models/{name}@") for each in self.models))
        model = FakeModel(f"{parent}/models/{name}", number, artifact_uri, datetime.now(UTC))
        model.version_aliases += ["default"] if number == "1" else []
        self.models[f"{model.name}@{number}"] = model

    def get_model(self, *, name: str) -> FakeModel:
        """By version; what is handed out is a copy."""
        if name not in self.models:
            raise NotFound(f"404 The Model {name} is not found.")
        return deepcopy(self.models[name])

    def list_model_versions(self, *, name: str) -> Iterator[FakeModel]:
        """In no order that is told."""
        found = [deepcopy(each) for each in self.models.values() if each.name == name]
        if not found:
            raise NotFound(f"404 The Model {name} is not found.")
        return iter(found)

    def merge_version_aliases(self, *, name: str, version_aliases: Sequence[str]) -> FakeModel:
        """An alias in use by another version is taken from that one; there is no condition."""
        if name not in self.models:
            raise NotFound(f"404 The Model {name} is not found.")
        for alias in version_aliases:
            if _ALIAS.fullmatch(alias.removeprefix("-")) is None:
                raise InvalidArgument(f"400 Invalid version alias {alias}.")
            if alias == "-default":
                raise InvalidArgument("400 The default alias can't be removed.")
        with self._lock:
            model = self.models[name]
            for alias in version_aliases:
                for other in self.models.values():
                    taken = other is model if alias.startswith("-") else other.name == model.name
                    if taken and alias.removeprefix("-") in other.version_aliases:
                        other.version_aliases.remove(alias.removeprefix("-"))
                model.version_aliases += [] if alias.startswith("-") else [alias]
            return deepcopy(model)

    def update_model(self, request: Mapping[str, Any]) -> FakeModel:
        """Labels of a version, read, changed and written under an ETag."""
        asked = request["model"]
        model = self.models[asked["name"]]
        if request["update_mask"]["paths"] != ["labels"]:
            raise InvalidArgument("400 Update mask holds fields that can't be updated.")
        if asked.get("etag") not in (None, "", model.etag):
            raise Aborted("409 The etag is another one.")
        for text in (*asked["labels"], *asked["labels"].values()):
            if _LABEL.fullmatch(text) is None:
                raise InvalidArgument(f"400 Label {text!r} is not allowed.")
        model.labels, model.etag = dict(asked["labels"]), str(int(model.etag) + 1)
        return deepcopy(model)


class FakeStorage:
    """`storage.Client`, with any buckets."""

    def __init__(self) -> None:
        self.blobs: dict[tuple[str, str], tuple[bytes, int]] = {}
        self.generations = itertools.count(1)
        self.lock = Lock()

    def bucket(self, bucket_name: str) -> FakeBucket:
        return FakeBucket(self, bucket_name)

    def list_blobs(self, bucket_or_name: str, prefix: str | None = None) -> Iterable[FakeBlob]:
        """In order of the names."""
        found = sorted(name for bucket, name in list(self.blobs) if bucket == bucket_or_name)
        return [FakeBlob(self, bucket_or_name, name) for name in found if name.startswith(prefix or "")]


@dataclass(frozen=True)
class FakeBucket:
    """A bucket."""

    client: FakeStorage
    name: str

    def blob(self, blob_name: str) -> FakeBlob:
        return FakeBlob(self.client, self.name, blob_name)


@dataclass(frozen=True)
class FakeBlob:
    """An object, there or not."""

    client: FakeStorage
    bucket: str
    name: str

    @property
    def generation(self) -> int:
        return self.client.blobs[self.bucket, self.name][1]

    def download_as_bytes(self) -> bytes:
        if (self.bucket, self.name) not in self.client.blobs:
            raise NotFound(f"404 GET {self.name}: No such object.")
        return self.client.blobs[self.bucket, self.name][0]

    def download_to_filename(self, filename: str) -> None:
        Path(filename).write_bytes(self.download_as_bytes())

    def upload_from_string(
        self, data: bytes, content_type: str = "text/plain", if_generation_match: int | None = None
    ) -> None:
        """Generation 0 stands for an object that is not there."""
        with self.client.lock:
            now = self.client.blobs.get((self.bucket, self.name), (b"", 0))[1]
            if if_generation_match not in (None, now):
                raise PreconditionFailed("412 At least one of the pre-conditions you specified did not hold.")
            self.client.blobs[self.bucket, self.name] = (bytes(data), next(self.client.generations))
