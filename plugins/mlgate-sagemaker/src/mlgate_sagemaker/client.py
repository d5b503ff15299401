"""AWS's clients, and what AWS answers as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from mlgate import RegistryError

TRIES, CONNECT_SECONDS, READ_SECONDS = 4, 5, 30
"""So a server that says nothing is given up after two minutes."""
_WAYS_OUT = {
    "AccessDenied": "Ask whoever owns the account for the right that the message names.",
    "AccessDeniedException": "Ask whoever owns the account for the right that the message names.",
    "Throttling": "Try again in a minute: AWS takes no more requests now.",
    "ThrottlingException": "Try again in a minute: AWS takes no more requests now.",
    "SlowDown": "Try again in a minute: S3 takes no more requests now.",
    "ExpiredToken": "Sign in again: the credentials are too old.",
    "ExpiredTokenException": "Sign in again: the credentials are too old.",
    "NoSuchBucket": "MLGATE_SAGEMAKER_STORE must name a bucket that exists.",
}


@contextmanager
def answering(what: str) -> Iterator[None]:
    """Whatever AWS or the way to it refuses is a `RegistryError` that says `what` was wanted."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

    try:
        yield
    except ClientError as error:
        raise RegistryError(
            f"{what}: AWS answers {error.response['Error'].get('Message') or code(error)} ({code(error)}).",
            hint=_WAYS_OUT.get(code(error)),
        ) from error
    except NoCredentialsError as error:
        raise RegistryError(
            f"{what}: there are no AWS credentials.", hint="`aws configure` or AWS_PROFILE brings them."
        ) from error
    except NoRegionError as error:
        raise RegistryError(f"{what}: no AWS region is set.", hint="Set AWS_REGION or AWS_DEFAULT_REGION.") from error
    except BotoCoreError as error:
        raise RegistryError(f"{what}: AWS can't be reached: {error}", hint="Try again.") from error


def code(error: Any) -> str:
    """AWS's name for what went wrong."""
    return str(error.response["Error"].get("Code", "unknown"))


def sagemaker() -> Any:
    """The client of the registry."""
    return _client("sagemaker")


def s3() -> Any:
    """The client of the store."""
    return _client("s3")


@cache
def _client(service: str) -> Any:
    import os

    import boto3
    from botocore.config import Config

    region = os.environ.get("AWS_REGION") or None
    settings = Config(
        retries={"mode": "standard", "total_max_attempts": TRIES},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
    )
    return boto3.session.Session(region_name=region).client(service, config=settings)
