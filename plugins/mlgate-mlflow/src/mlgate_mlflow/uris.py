"""MLflow's URIs: models:/name@alias, models:/name/3, models:/m-..., runs:/id/path, and folders with an MLmodel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SCHEMES = ("models:", "runs:")
_VERSION = re.compile(r"models:/(?P<name>[^/@]+)/(?P<version>[0-9]{1,18})")
_ALIAS = re.compile(r"models:/(?P<name>[^/@]+)@(?P<alias>[^/@\s]+)")
_LOGGED = re.compile(r"models:/(?P<id>m-[^/@]+)")
_RUN = re.compile(r"runs:/(?P<run>[^/]+)/(?P<path>.+)")


@dataclass(frozen=True, slots=True)
class RegisteredUri:
    """A place in the registry: a version, or an alias that names one."""

    name: str
    version: str | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class RunUri:
    """A model among the artifacts of a run."""

    run: str
    path: str


def registered(uri: str) -> RegisteredUri | None:
    """The place that `uri` names, or None where it names none in a registry."""
    if found := _VERSION.fullmatch(uri):
        return RegisteredUri(found["name"], version=found["version"])
    if found := _ALIAS.fullmatch(uri):
        return RegisteredUri(found["name"], alias=found["alias"])
    return None


def logged_model(uri: str) -> str | None:
    """The id of a logged model that no registry has a name for, or None."""
    found = _LOGGED.fullmatch(uri)
    return found["id"] if found else None


def of_run(uri: str) -> RunUri | None:
    """The run and the path that `uri` names, or None."""
    found = _RUN.fullmatch(uri)
    return RunUri(found["run"], found["path"]) if found else None


def version_uri(name: str, version: str) -> str:
    """`models:/name/version`."""
    return f"models:/{name}/{version}"


def is_folder(uri: str) -> bool:
    """Whether `uri` is a local folder that holds an MLmodel."""
    return not uri.startswith(SCHEMES) and Path(uri, "MLmodel").is_file()
