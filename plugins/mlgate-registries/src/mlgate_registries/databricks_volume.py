"""Ledgers and documents in a volume of Unity Catalog."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from mlgate_registries.answering import answering, is_called


class DatabricksVolume:
    """`files` is the `files` of a `databricks.sdk.WorkspaceClient`, `folder` begins with `/Volumes/`."""

    def __init__(self, files: Any, folder: str) -> None:
        self._files, self._folder = files, folder.rstrip("/")

    def read(self, key: str) -> bytes | None:
        """The file, or None."""
        with answering(f"{self._folder}/{key} can't be read"):
            try:
                with self._files.download(f"{self._folder}/{key}").contents as stream:
                    return bytes(stream.read())
            except Exception as error:
                if is_called(error, "NotFound"):
                    return None
                raise

    def write(self, key: str, content: bytes) -> None:
        """Whatever was there before."""
        self._upload(key, content, overwrite=True)

    def create(self, key: str, content: bytes) -> bool:
        """Write only where nothing is: without `overwrite` the server answers with an error where a file is."""
        try:
            self._upload(key, content, overwrite=False)
        except Exception as error:
            if error.__cause__ is not None and is_called(error.__cause__, "AlreadyExists"):  # type: ignore[arg-type]
                return False
            raise
        return True

    def names(self, prefix: str) -> Mapping[str, str]:
        """What stands in a folder, with the time of its last change and its size."""
        with answering(f"{self._folder}/{prefix} can't be listed"):
            try:
                found = list(self._files.list_directory_contents(f"{self._folder}/{prefix}"))
            except Exception as error:
                if is_called(error, "NotFound"):
                    return {}
                raise
        return {str(each.name): f"{each.last_modified} {each.file_size}" for each in found if not each.is_directory}

    def _upload(self, key: str, content: bytes, *, overwrite: bool) -> None:
        path = f"{self._folder}/{key}"
        with answering(f"{path} can't be written"):
            self._files.create_directory(path.rpartition("/")[0])
            self._files.upload(path, BytesIO(content), overwrite=overwrite)
