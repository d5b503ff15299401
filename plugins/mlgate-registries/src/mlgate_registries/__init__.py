"""Registries of other services, untested against the real ones: see docs/registries.md."""

from mlgate_registries.azure_blobs import AzureBlobs
from mlgate_registries.azure_ml import AzureMl
from mlgate_registries.databricks_volume import DatabricksVolume
from mlgate_registries.google_storage import GoogleStorage
from mlgate_registries.unity_catalog import UnityCatalog
from mlgate_registries.untested import UntestedRegistry, UntestedWarning
from mlgate_registries.vertex_ai import VertexAi
from mlgate_registries.weights_and_biases import WeightsAndBiases

__all__ = [
    "AzureBlobs",
    "AzureMl",
    "DatabricksVolume",
    "GoogleStorage",
    "UnityCatalog",
    "UntestedRegistry",
    "UntestedWarning",
    "VertexAi",
    "WeightsAndBiases",
]
