"""Azure ML's models and Azure's blobs.

https://learn.microsoft.com/python/api/azure-ai-ml/azure.ai.ml.operations.modeloperations
https://learn.microsoft.com/azure/machine-learning/how-to-manage-models
https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

_MOST_CHARACTERS = 256


class ResourceNotFoundError(Exception):
    """404."""


class ResourceExistsError(Exception):
    """409, or 412 after `If-None-Match: *`."""


class HttpResponseError(Exception):
    """Whatever else."""


@dataclass
class FakeAzureModel:
    """A version. Tags and description can be changed, and nothing else."""

    name: str
    version: str
    files: dict[str, bytes]
    creation_context: Any
    tags: dict[str, str] = field(default_factory=dict)


class FakeAzureModels:
    """`MLClient.models`: the last writer wins, and wins all tags."""

    def __init__(self) -> None:
        self.models: dict[tuple[str, str], FakeAzureModel] = {}

    def add(self, name: str, files: dict[str, bytes]) -> None:
        """The next version."""
        number = str(1 + sum(each == name for each, _ in self.models))
        context = SimpleNamespace(created_at=datetime.now(UTC))
        self.models[name, number] = FakeAzureModel(name, number, files, context)

    def get(self, name: str, version: str | None = None) -> FakeAzureModel:
        """A copy."""
        if (name, str(version)) not in self.models:
            raise ResourceNotFoundError(f"(UserError) Model {name}:{version} not found.\nCode: UserError")
        return deepcopy(self.models[name, str(version)])

    def list(self, name: str | None = None) -> Iterable[FakeAzureModel]:
        """None where there is no such model."""
        return [deepcopy(each) for (called, _), each in list(self.models.items()) if called == name]

    def create_or_update(self, model: FakeAzureModel) -> FakeAzureModel:
        """Tags as a whole; no ETag is asked for."""
        if any(len(str(value)) > _MOST_CHARACTERS for value in model.tags.values()):
            raise HttpResponseError("(ValidationError) A tag is too long.")
        self.models[model.name, model.version].tags = dict(model.tags)
        return self.get(model.name, model.version)

    def download(self, name: str, version: str, download_path: str = ".") -> None:
        """Into a folder of the model's name; there the folder that was registered."""
        folder = Path(download_path, name, "model")
        folder.mkdir(parents=True)
        for file, content in self.get(name, version).files.items():
            (folder / file).write_bytes(content)


class FakeContainer:
    """`ContainerClient`."""

    def __init__(self) -> None:
        self.blobs: dict[str, tuple[bytes, str]] = {}
        self._etags = itertools.count(1)
        self._lock = Lock()

    def upload_blob(self, name: str, data: bytes, *, overwrite: bool = False) -> None:
        """Without `overwrite` under `If-None-Match: *`."""
        with self._lock:
            if name in self.blobs and not overwrite:
                raise ResourceExistsError("The specified blob already exists.")
            self.blobs[name] = (bytes(data), f'"0x{next(self._etags):X}"')

    def download_blob(self, blob: str) -> Any:
        """What can be read whole."""
        if blob not in self.blobs:
            raise ResourceNotFoundError("The specified blob does not exist.")
        content = self.blobs[blob][0]
        return SimpleNamespace(readall=lambda: content)

    def list_blobs(self, name_starts_with: str | None = None) -> Iterable[Any]:
        """Names and ETags."""
        found = sorted((name, etag) for name, (_, etag) in list(self.blobs.items()))
        return [
            SimpleNamespace(name=name, etag=etag) for name, etag in found if name.startswith(name_starts_with or "")
        ]
