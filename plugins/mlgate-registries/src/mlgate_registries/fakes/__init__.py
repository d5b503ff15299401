"""The services' clients, played in memory as their documentation tells: for tests, ours and those of gates."""

from mlgate_registries.fakes.azure import FakeAzureModels, FakeContainer
from mlgate_registries.fakes.databricks import FakeMlflow, FakeVolumeFiles
from mlgate_registries.fakes.google import FakeModelService, FakeStorage
from mlgate_registries.fakes.wandb import FakeWandb

__all__ = [
    "FakeAzureModels",
    "FakeContainer",
    "FakeMlflow",
    "FakeModelService",
    "FakeStorage",
    "FakeVolumeFiles",
    "FakeWandb",
]
