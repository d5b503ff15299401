"""Ledgers and documents in Google Cloud Storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate_registries.answering import answering, is_called


class GoogleStorage:
    """`client` is a `google.cloud.storage.Client`. Listing and reading are strongly consistent there."""

    def __init__(self, client: Any, bucket: str, prefix: str = "mlgate") -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def read(self, key: str) -> bytes | None:
        """The object, or None."""
        with answering(f"{self._told(key)} can't be read"):
            try:
                return bytes(self._blob(key).download_as_bytes())
            except Exception as error:
                if is_called(error, "NotFound"):
                    return None
                raise

    def write(self, key: str, content: bytes) -> None:
        """Whatever was there before."""
        with answering(f"{self._told(key)} can't be written"):
            self._blob(key).upload_from_string(content, content_type="application/json")

    def create(self, key: str, content: bytes) -> bool:
        """Write only where nothing is: generation 0 is that of an object that does not exist."""
        with answering(f"{self._told(key)} can't be written"):
            try:
                self._blob(key).upload_from_string(content, content_type="application/json", if_generation_match=0)
            except Exception as error:
                if is_called(error, "PreconditionFailed"):
                    return False
                raise
        return True

    def names(self, prefix: str) -> Mapping[str, str]:
        """What stands under a prefix, with its generation."""
        start = f"{self._prefix}/{prefix}/"
        with answering(f"{self._told(prefix)} can't be listed"):
            found = self._client.list_blobs(self._bucket, prefix=start)
            return {str(each.name).removeprefix(start): str(each.generation) for each in found}

    def _blob(self, key: str) -> Any:
        return self._client.bucket(self._bucket).blob(f"{self._prefix}/{key}")

    def _told(self, key: str) -> str:
        return f"gs://{self._bucket}/{self._prefix}/{key}"
