"""Unity Catalog as MLflow's client reaches it, and volumes by the Files API.

https://docs.databricks.com/aws/en/machine-learning/manage-model-lifecycle/
https://docs.databricks.com/aws/en/database-objects/tags
https://docs.databricks.com/api/workspace/files/upload
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any, BinaryIO, TypeVar

T = TypeVar("T")
_TAG_KEY = re.compile(r"[^.,\-=/:]{1,255}")
_LONGEST_VALUE, _MOST_TAGS = 1_000, 50
_PAGE = 1


class MlflowException(Exception):
    """With MLflow's code."""

    def __init__(self, message: str, error_code: str = "INVALID_PARAMETER_VALUE") -> None:
        super().__init__(message)
        self.error_code = error_code


class NotFound(Exception):
    """404 of the Files API."""


class AlreadyExists(Exception):
    """409 of the Files API."""


class PagedList(list[T]):
    """MLflow's: a page, and the token of the next one."""

    token: str | None = None


@dataclass
class FakeModelVersion:
    """A version."""

    name: str
    version: str
    creation_timestamp: int
    files: dict[str, bytes]
    tags: dict[str, str] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)


class FakeMlflow:
    """`MlflowClient(registry_uri="databricks-uc")`: no stages, no search by tags, no order."""

    def __init__(self) -> None:
        self.versions: dict[str, list[FakeModelVersion]] = {}
        self.held: dict[str, dict[str, str]] = {}

    def add(self, name: str, files: dict[str, bytes]) -> None:
        """The next version of a model that is named by catalog, schema and model."""
        if name.count(".") != 2:
            raise MlflowException(f"Bad model name {name}: three levels are needed.")
        known = self.versions.setdefault(name, [])
        number = len(known) + 1
        known.append(FakeModelVersion(name, str(number), 1_700_000_000_000 + number, files))

    def get_registered_model(self, name: str) -> Any:
        """With its aliases."""
        self._all(name)
        return SimpleNamespace(name=name, aliases=dict(self.held.get(name, {})))

    def get_model_version(self, name: str, version: str) -> FakeModelVersion:
        """With its tags and aliases."""
        found = next((each for each in self._all(name) if each.version == str(version)), None)
        if found is None:
            raise MlflowException(f"Model Version {name} {version} does not exist.", "RESOURCE_DOES_NOT_EXIST")
        copy = deepcopy(found)
        copy.aliases = [alias for alias, number in self.held.get(name, {}).items() if number == str(version)]
        return copy

    def search_model_versions(
        self, filter_string: str, order_by: list[str] | None = None, page_token: str | None = None
    ) -> PagedList[FakeModelVersion]:
        """By name alone, in pages; without tags and aliases."""
        asked = re.fullmatch(r"name = '([^']+)'", filter_string)
        if asked is None or order_by is not None:
            raise MlflowException("Unity Catalog takes one condition on the name, and no order.")
        start = int(page_token or 0)
        known = self._all(asked[1])
        page = PagedList(
            FakeModelVersion(each.name, each.version, each.creation_timestamp, {})
            for each in known[start : start + _PAGE]
        )
        page.token = str(start + _PAGE) if start + _PAGE < len(known) else None
        return page

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Whoever holds it."""
        self.get_model_version(name, version)
        self.held.setdefault(name, {})[alias] = str(version)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Whoever holds it."""
        self._all(name)
        self.held.get(name, {}).pop(alias, None)

    def set_model_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        """In the limits of Unity Catalog's tags."""
        tags = next(each for each in self._all(name) if each.version == str(version)).tags
        if _TAG_KEY.fullmatch(key) is None or len(value) > _LONGEST_VALUE or len({*tags, key}) > _MOST_TAGS:
            raise MlflowException(f"Tag {key} is not allowed.")
        tags[key] = value

    def transition_model_version_stage(self, *_: object, **__: object) -> None:
        """There are no stages."""
        raise MlflowException("Method 'transition_model_version_stage' is unsupported for models in the Unity Catalog.")

    def download(self, *, artifact_uri: str, dst_path: str, registry_uri: str) -> str:
        """`mlflow.artifacts.download_artifacts`, which leaves a file of its own."""
        _, name, version = artifact_uri.split("/")
        for file, content in self.get_model_version(name, version).files.items():
            Path(dst_path, file).write_bytes(content)
        Path(dst_path, "registered_model_meta").write_text(f"model_name: {name}\nmodel_version: '{version}'\n")
        return dst_path

    def _all(self, name: str) -> list[FakeModelVersion]:
        if name not in self.versions:
            raise MlflowException(f"Registered Model {name} does not exist.", "RESOURCE_DOES_NOT_EXIST")
        return self.versions[name]


class FakeVolumeFiles:
    """`WorkspaceClient().files`: a file needs its folder."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, int]] = {}
        self.folders: set[str] = set()
        self._times = itertools.count(1_700_000_000_000)
        self._lock = Lock()

    def create_directory(self, directory_path: str) -> None:
        """With those above it."""
        parts = directory_path.split("/")
        self.folders |= {"/".join(parts[: place + 1]) for place in range(len(parts))}

    def upload(self, file_path: str, contents: BinaryIO, *, overwrite: bool | None = None) -> None:
        """Over what is there, unless that is forbidden."""
        if file_path.rpartition("/")[0] not in self.folders:
            raise NotFound("The parent directory does not exist.")
        with self._lock:
            if file_path in self.files and overwrite is False:
                raise AlreadyExists(f"The file {file_path} already exists.")
            self.files[file_path] = (contents.read(), next(self._times))

    def download(self, file_path: str) -> Any:
        """A stream."""
        if file_path not in self.files:
            raise NotFound(f"The file {file_path} does not exist.")
        return SimpleNamespace(contents=BytesIO(self.files[file_path][0]))

    def list_directory_contents(self, directory_path: str) -> Iterator[Any]:
        """One level of it."""
        if directory_path not in self.folders:
            raise NotFound(f"The directory {directory_path} does not exist.")
        for path, (content, changed) in sorted(self.files.items()):
            folder, _, name = path.rpartition("/")
            if folder == directory_path:
                yield SimpleNamespace(name=name, is_directory=False, last_modified=changed, file_size=len(content))
