"""The fakes' methods take what the services' own libraries take; asked where these are installed, which CI does not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from mlgate_registries import fakes

KINDS = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def google() -> list[tuple[type, type]]:
    from google.cloud import aiplatform_v1, storage

    return [(fakes.FakeModelService, aiplatform_v1.ModelServiceClient), (fakes.FakeStorage, storage.Client)]


def google_blobs() -> list[tuple[type, type]]:
    from google.cloud import storage

    from mlgate_registries.fakes.google import FakeBlob, FakeBucket

    return [(FakeBlob, storage.Blob), (FakeBucket, storage.Bucket)]


def azure() -> list[tuple[type, type]]:
    from azure.ai.ml.operations import ModelOperations
    from azure.storage.blob import ContainerClient

    return [(fakes.FakeAzureModels, ModelOperations), (fakes.FakeContainer, ContainerClient)]


def databricks() -> list[tuple[type, type]]:
    from databricks.sdk.service.files import FilesAPI

    return [(fakes.FakeVolumeFiles, FilesAPI)]


def mlflow() -> list[tuple[type, type]]:
    from mlflow import MlflowClient

    return [(fakes.FakeMlflow, MlflowClient)]


def wandb() -> list[tuple[type, type]]:
    import wandb

    from mlgate_registries.fakes.wandb import FakeArtifact

    return [(fakes.FakeWandb, wandb.Api), (FakeArtifact, wandb.Artifact)]


OWN = {"upload", "add", "link", "saved"}  # how tests fill a fake
"""Methods of a fake that its service does not have under that name, or has for another thing."""


@pytest.mark.parametrize("library", [google, google_blobs, azure, databricks, mlflow, wandb])
def test_the_fakes_take_what_the_libraries_take(library: Callable[[], list[tuple[type, type]]]) -> None:
    """Every parameter by its name."""
    try:
        pairs = library()
    except ImportError as error:
        pytest.skip(f"{error.name} is not installed")
    for fake, real in pairs:
        for name, method in inspect.getmembers(fake, inspect.isfunction):
            if name.startswith("_") or (name in OWN and fake is not fakes.FakeVolumeFiles):
                continue
            if fake is fakes.FakeMlflow and name in ("download", "transition_model_version_stage"):
                continue
            assert _named(method) <= _named(getattr(real, name)) or _takes_any(getattr(real, name)), (real, name)


def _named(method: Any) -> set[str]:
    return {each.name for each in inspect.signature(method).parameters.values() if each.kind not in KINDS}


def _takes_any(method: Any) -> bool:
    found = inspect.signature(method).parameters.values()
    return any(each.kind is inspect.Parameter.VAR_KEYWORD for each in found)
