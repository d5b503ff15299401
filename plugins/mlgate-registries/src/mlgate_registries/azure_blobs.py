"""Ledgers and documents in Azure Blob Storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate_registries.answering import answering, is_called


class AzureBlobs:
    """`container` is an `azure.storage.blob.ContainerClient`. Reads and lists see what was written before."""

    def __init__(self, container: Any, prefix: str = "mlgate") -> None:
        self._container, self._prefix = container, prefix

    def read(self, key: str) -> bytes | None:
        """The blob, or None."""
        with answering(f"The blob {self._prefix}/{key} can't be read"):
            try:
                return bytes(self._container.download_blob(f"{self._prefix}/{key}").readall())
            except Exception as error:
                if is_called(error, "ResourceNotFoundError"):
                    return None
                raise

    def write(self, key: str, content: bytes) -> None:
        """Whatever was there before."""
        with answering(f"The blob {self._prefix}/{key} can't be written"):
            self._container.upload_blob(f"{self._prefix}/{key}", content, overwrite=True)

    def create(self, key: str, content: bytes) -> bool:
        """Write only where nothing is: without `overwrite` the client sends `If-None-Match: *`."""
        with answering(f"The blob {self._prefix}/{key} can't be written"):
            try:
                self._container.upload_blob(f"{self._prefix}/{key}", content, overwrite=False)
            except Exception as error:
                if is_called(error, "ResourceExistsError"):
                    return False
                raise
        return True

    def names(self, prefix: str) -> Mapping[str, str]:
        """What stands under a prefix, with its ETag."""
        start = f"{self._prefix}/{prefix}/"
        with answering(f"The blobs under {start} can't be listed"):
            found = self._container.list_blobs(name_starts_with=start)
            return {str(each.name).removeprefix(start): str(each.etag) for each in found}
