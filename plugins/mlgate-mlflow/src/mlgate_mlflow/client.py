"""The one place that makes MLflow's client: quiet, answering in bounded time, its errors as sentences."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mlgate import MlgateError, RegistryError

if TYPE_CHECKING:
    from mlflow import MlflowClient

# MLflow retries for minutes by default; a gate that waits for minutes to say "unreachable" is no help.
_BOUNDS = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "6",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}
_PATIENT_BOUNDS = {**_BOUNDS, "MLFLOW_HTTP_REQUEST_TIMEOUT": "60", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}
_QUIET = {"MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
_LOUD = ("mlflow", "alembic")
# What the words of requests and urllib3 mean, which fill a page without saying it.
_UNREACHED = (
    ("timed out", "no answer came in time"),
    ("onnection refused", "the connection was refused"),
    ("Connection aborted", "the connection was cut"),
    ("Failed to resolve", "the server's name is not known here"),
)
_VARIABLES = "MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI say which one is asked"


def client() -> MlflowClient:
    """The client that MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI set.

    Raises `RegistryError` for a file or folder that does not exist, which MLflow would make anew and find empty.
    """
    import mlflow

    for uri in (mlflow.get_tracking_uri(), mlflow.get_registry_uri()):
        _refuse_absent(uri)
    return mlflow.MlflowClient()


@contextmanager
def answering(doing: str, *, patient: bool = False) -> Iterator[None]:
    """Turn whatever MLflow raises into a `RegistryError` that says what was asked, of whom, and what came back.

    A request is given up after two tries of six seconds; a `patient` one, which moves files, after three tries of a
    minute without a byte; either after what the user's own variables say. Sentences of ours pass unchanged.
    """
    try:
        with _settings(_PATIENT_BOUNDS if patient else _BOUNDS), quiet():
            yield
    except MlgateError:
        raise
    except Exception as error:  # MLflow lets through what SQLAlchemy, requests and its stores raise
        raise RegistryError(f"{doing}: {_brief(error)}.", hint=_way_out(error)) from error


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars, no addresses on stdout, no log lines below an error."""
    loggers = [logging.getLogger(name) for name in _LOUD]
    levels = [logger.level for logger in loggers]
    with _settings(_QUIET), ExitStack() as stack:
        for logger, level in zip(loggers, levels, strict=True):
            stack.callback(logger.setLevel, level)
            logger.setLevel(logging.ERROR)
        yield


def is_missing(error: Exception) -> bool:
    """Whether MLflow says that the thing asked for does not exist.

    Only by its own code: a page "not found" of some other server is no knowledge about a model.
    """
    return getattr(error, "error_code", None) == "RESOURCE_DOES_NOT_EXIST"


@contextmanager
def _settings(defaults: Mapping[str, str]) -> Iterator[None]:
    """Environment variables for MLflow, where the user set none; taken back afterwards."""
    ours = {name: value for name, value in defaults.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)


def _refuse_absent(uri: str) -> None:
    place = _local_place(uri)
    if place is None or Path(place).exists() or Path(unquote(place)).exists():
        return
    unset = not {"MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"} & set(os.environ)
    raise RegistryError(
        f"There is no MLflow registry at {uri}.",
        hint="Neither MLFLOW_TRACKING_URI nor MLFLOW_REGISTRY_URI is set." if unset else f"{_VARIABLES}.",
    )


def _local_place(uri: str) -> str | None:
    """The file or folder that a URI names on this machine; None where it names a server or nothing on a disk."""
    if uri.startswith("file:"):
        return urlsplit(uri).path
    scheme, separator, rest = uri.partition(":///")
    if not separator or not scheme.startswith("sqlite"):
        return None
    path = rest.partition("?")[0]
    return None if path in ("", ":memory:") else path


def _brief(error: Exception) -> str:
    for sign, meaning in _UNREACHED:
        if sign in str(error):
            return meaning
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    told = f"{lines[0]} {lines[-1]}" if lines[0].endswith(":") and len(lines) > 1 else lines[0]
    return _without_password(told.rstrip(".:"))[:300]


def _way_out(error: Exception) -> str:
    if any(sign in str(error) for sign in ("API request to", "Max retries", *(sign for sign, _ in _UNREACHED))):
        return f"Is the server at {_address()} up? {_VARIABLES}."
    return f"The registry asked was {_address()}; {_VARIABLES}."


def _address() -> str:
    import mlflow

    return _without_password(mlflow.get_registry_uri())


def _without_password(text: str) -> str:
    return re.sub(r"://[^/@\s]*@", "://", text)
