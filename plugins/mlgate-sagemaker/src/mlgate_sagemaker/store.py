"""Objects in S3 at MLGATE_SAGEMAKER_STORE: ledgers and documents, since a package holds short texts only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from mlgate import RegistryError
from mlgate_sagemaker.client import answering, code, s3

VARIABLE = "MLGATE_SAGEMAKER_STORE"


class S3Store:
    """Whatever stands under the prefix. S3 itself refuses to write over what is there: `If-None-Match: *`."""

    def read(self, key: str) -> bytes | None:
        """The object, or None."""
        from botocore.exceptions import ClientError

        bucket, full = _place(key)
        with answering(f"s3://{bucket}/{full} can't be read"):
            try:
                return bytes(s3().get_object(Bucket=bucket, Key=full)["Body"].read())
            except ClientError as error:
                if code(error) == "NoSuchKey":
                    return None
                raise

    def write(self, key: str, content: bytes) -> None:
        """Whatever was there before."""
        bucket, full = _place(key)
        with answering(f"s3://{bucket}/{full} can't be written"):
            s3().put_object(Bucket=bucket, Key=full, Body=content)

    def create(self, key: str, content: bytes) -> bool:
        """Write only where nothing is; False where something is."""
        from botocore.exceptions import ClientError

        bucket, full = _place(key)
        with answering(f"s3://{bucket}/{full} can't be written"):
            try:
                s3().put_object(Bucket=bucket, Key=full, Body=content, IfNoneMatch="*")
            except ClientError as error:
                if code(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                    raise
                return False
        return True

    def names(self, prefix: str) -> Mapping[str, str]:
        """What stands under a prefix, with its ETag."""
        bucket, full = _place(prefix)
        with answering(f"s3://{bucket}/{full} can't be listed"):
            pages = s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{full}/")
            found = [each for page in pages for each in page.get("Contents", [])]
        return {str(each["Key"]).removeprefix(f"{full}/"): str(each["ETag"]) for each in found}


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of an S3 URI. Raises `RegistryError`."""
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc:
        raise RegistryError(f"{uri} is no place in S3.", hint="Name it as s3://bucket/prefix.")
    return parts.netloc, parts.path.strip("/")


def _place(key: str) -> tuple[str, str]:
    stated = os.environ.get(VARIABLE)
    if not stated:
        raise RegistryError(
            "SageMaker keeps no ledger, and no place for one is named.", hint=f"Set {VARIABLE}=s3://bucket/prefix."
        )
    bucket, prefix = split(stated)
    return bucket, f"{prefix}/{key}" if prefix else key
