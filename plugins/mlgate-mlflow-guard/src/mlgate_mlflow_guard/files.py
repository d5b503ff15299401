"""The digest of a version's files, read where the server keeps them, with a bound on bytes and on time."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlgate import MlgateError, digest_of_manifest, manifest
from mlgate_mlflow_guard.configuration import Limits
from mlgate_mlflow_guard.refusing import Refused, Rule

_READERS = 4
_WAY_OUT = "max_bytes and max_seconds of the guard's configuration bound it."


@dataclass(frozen=True, slots=True)
class Files:
    """The SHA-256 of every file by its name."""

    manifest: Mapping[str, str]

    @property
    def digest(self) -> str:
        """As `sha256:...`."""
        return digest_of_manifest(self.manifest)


class Reader:
    """Reads files in threads of its own: a request waits no longer than the limit, whatever the storage does."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._threads = ThreadPoolExecutor(_READERS, thread_name_prefix="mlgate-guard")

    def read(self, location: str, uri: str) -> Files:
        """The files at MLflow's own address `location`. Raises `Refused` where they can't be read, or not in time."""
        import contextvars

        stop = time.monotonic() + self._limits.seconds
        bounds = _Bounds(uri, self._limits, stop)
        here = contextvars.copy_context()  # MLflow keeps the request's workspace there
        reading: Future[Files] = self._threads.submit(here.run, _read, location, bounds)
        try:
            return reading.result(self._limits.seconds)
        except OutOfTime as error:
            reading.cancel()
            raise bounds.refusal(f"could not be read within {self._limits.seconds:g} s") from error


@dataclass(frozen=True, slots=True)
class _Bounds:
    uri: str
    limits: Limits
    stop: float

    def refusal(self, said: str, way_out: str = _WAY_OUT) -> Refused:
        return Refused(Rule.FILES, f"the files of {self.uri} {said}.", way_out)

    def hold(self, total: int) -> None:
        if total > self.limits.bytes:
            raise self.refusal(f"are more than {self.limits.bytes} bytes")
        if time.monotonic() > self.stop:
            raise self.refusal(f"could not be read within {self.limits.seconds:g} s")


def _read(location: str, bounds: _Bounds) -> Files:
    try:
        repository, path = _found(location)
        folder = getattr(repository, "artifact_dir", None)
        if folder is not None:
            return _of_folder(Path(folder, path or ""), bounds)
        with TemporaryDirectory(prefix="mlgate-guard-") as copy:
            return _of_folder(_fetched(repository, path, copy, bounds), bounds)
    except (Refused, MlgateError) as error:
        if isinstance(error, MlgateError):
            raise bounds.refusal("can't be bound by a digest", str(error)) from error
        raise
    except Exception as error:  # every kind of storage raises its own
        raise bounds.refusal(f"can't be read by the server ({type(error).__name__})", "Its log tells why.") from error


def _of_folder(folder: Path, bounds: _Bounds) -> Files:
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            total += os.lstat(os.path.join(here, name)).st_size
            bounds.hold(total)
    return Files(manifest(folder))


def _fetched(repository: Any, path: str | None, copy: str, bounds: _Bounds) -> Path:
    """The files, copied file by file, so that the bounds hold between two of them."""
    total, waiting, root = 0, [path], path or ""
    while waiting:
        for each in repository.list_artifacts(waiting.pop()):
            if each.is_dir:
                waiting.append(each.path)
                continue
            total += each.file_size or 0
            bounds.hold(total)
            inside = os.path.relpath(each.path, root) if root else each.path
            target = Path(copy, inside)
            if not target.resolve().is_relative_to(Path(copy).resolve()):
                raise bounds.refusal("lie outside of their folder", "Somebody gave them such names.")
            target.parent.mkdir(parents=True, exist_ok=True)
            repository._download_file(each.path, str(target))
    return Path(copy)


def _found(location: str) -> tuple[Any, str | None]:
    """The repository that holds the files, and their path in it; what the server itself serves is opened directly."""
    from mlflow.server import handlers
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    if handlers._is_servable_proxied_run_artifact_root(location):
        path = handlers._get_proxied_run_artifact_destination_path(location)
        scoped = handlers._get_workspace_scoped_repo_path_if_enabled(path)
        return handlers._get_artifact_repo_mlflow_artifacts(), scoped
    return get_artifact_repository(location), None
