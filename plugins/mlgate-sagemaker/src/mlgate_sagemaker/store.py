"""Objects in S3 at MLGATE_SAGEMAKER_STORE: ledgers and documents, since a package holds short texts only."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from mlgate import RegistryError
from mlgate_sagemaker.client import answering, code, s3

VARIABLE = "MLGATE_SAGEMAKER_STORE"


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of an S3 URI. Raises `RegistryError`."""
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc:
        raise RegistryError(f"{uri} is no place in S3.", hint="Name it as s3://bucket/prefix.")
    return parts.netloc, parts.path.strip("/")


def read(key: str) -> bytes | None:
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


def write(key: str, content: bytes) -> None:
    """Whatever was there before."""
    bucket, full = _place(key)
    with answering(f"s3://{bucket}/{full} can't be written"):
        s3().put_object(Bucket=bucket, Key=full, Body=content)


def create(key: str, content: bytes) -> bool:
    """Write only where nothing is; False where something is, unless it is this (an answer that was lost)."""
    from botocore.exceptions import ClientError

    bucket, full = _place(key)
    with answering(f"s3://{bucket}/{full} can't be written"):
        try:
            s3().put_object(Bucket=bucket, Key=full, Body=content, IfNoneMatch="*")
        except ClientError as error:
            if code(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise
            return read(key) == content
    return True


def names(prefix: str) -> tuple[str, ...]:
    """What stands under a prefix, in order of the names."""
    bucket, full = _place(prefix)
    with answering(f"s3://{bucket}/{full} can't be listed"):
        pages = s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{full}/")
        keys = [str(each["Key"]) for page in pages for each in page.get("Contents", [])]
    return tuple(sorted(key.removeprefix(f"{full}/") for key in keys))


def _place(key: str) -> tuple[str, str]:
    stated = os.environ.get(VARIABLE)
    if not stated:
        raise RegistryError(
            "SageMaker keeps no ledger, and no place for one is named.", hint=f"Set {VARIABLE}=s3://bucket/prefix."
        )
    bucket, prefix = split(stated)
    return bucket, f"{prefix}/{key}" if prefix else key
