"""Where things stand in the folder, and how its URIs are read.

mlgate-registry/registry.json                  which registry this is
mlgate-registry/credit-risk/aliases.json       who holds each alias
mlgate-registry/credit-risk/ledger.jsonl       what happened, an entry a line
mlgate-registry/credit-risk/versions/7/        version.json, documents/, files/
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from mlgate.errors import ModelError, RegistryError

SCHEME = "folder"
FOLDER = "mlgate-registry"
VARIABLE = "MLGATE_REGISTRY"
IDENTITY = "registry.json"
FORMS = "Name it as folder:name/3 or folder:name@alias."
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_VERSION = re.compile(rf"folder:/?(?P<name>{_NAME})/(?P<version>[0-9]{{1,18}})")
_ALIAS = re.compile(rf"folder:/?(?P<name>{_NAME})@(?P<alias>[A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class FolderUri:
    """A place in the registry: a version, or an alias that names one."""

    name: str
    version: str | None = None
    alias: str | None = None


def parse(uri: str) -> FolderUri:
    """The place that `uri` names. Raises `ModelError` where it names none."""
    if found := _VERSION.fullmatch(uri):
        return FolderUri(found["name"], version=str(int(found["version"])))
    if found := _ALIAS.fullmatch(uri):
        return FolderUri(found["name"], alias=found["alias"])
    raise ModelError(f"{uri} does not name one registered version.", hint=FORMS)


def version_uri(name: str, version: str) -> str:
    """`folder:name/version`."""
    return f"{SCHEME}:{name}/{version}"


def is_name(name: str) -> bool:
    """Whether a model may be called so: one folder of plain characters, and never a way out of the registry."""
    return re.fullmatch(_NAME, name) is not None


def root() -> Path:
    """The registry's folder: MLGATE_REGISTRY, else `mlgate-registry` here or above. Raises `RegistryError`."""
    stated = os.environ.get(VARIABLE)
    here = Path.cwd()
    places = [Path(stated)] if stated else [folder / FOLDER for folder in (here, *here.parents)]
    for place in places:
        if (place / IDENTITY).is_file():
            return place.resolve()
    where = f"at {stated}, which {VARIABLE} names" if stated else f"called {FOLDER} here or above"
    raise RegistryError(
        f"There is no folder registry {where}.", hint="`mlgate register NAME PATH` makes one and puts a model into it."
    )
