"""URIs of the registry: `sagemaker:name/3` and `sagemaker:name@alias`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlgate import ModelError

SCHEME = "sagemaker"
_NAME = r"[A-Za-z0-9](?:-*[A-Za-z0-9]){0,62}"
_VERSION = re.compile(rf"sagemaker:/?(?P<name>{_NAME})/(?P<version>[0-9]{{1,9}})")
_ALIAS = re.compile(rf"sagemaker:/?(?P<name>{_NAME})@(?P<alias>[A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class PackageUri:
    """A version of a model package group, or an alias that names one."""

    name: str
    version: str | None = None
    alias: str | None = None


def parse(uri: str) -> PackageUri:
    """The place that `uri` names. Raises `ModelError` where it names none."""
    if found := _VERSION.fullmatch(uri):
        return PackageUri(found["name"], version=str(int(found["version"])))
    if found := _ALIAS.fullmatch(uri):
        return PackageUri(found["name"], alias=found["alias"])
    raise ModelError(
        f"{uri} does not name one model package.", hint="Name it as sagemaker:group/3 or sagemaker:group@alias."
    )


def version_uri(name: str, version: str) -> str:
    """`sagemaker:name/version`."""
    return f"{SCHEME}:{name}/{version}"
