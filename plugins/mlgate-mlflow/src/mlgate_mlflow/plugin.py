"""What this plugin brings: models by MLflow's URIs, its registry, and the resource `origin`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate import ModelOpener, Registry, ResourceProvider, hookimpl
from mlgate_mlflow.opener import MlflowOpener
from mlgate_mlflow.origin import origin
from mlgate_mlflow.registry import MlflowRegistry


@hookimpl
def mlgate_model_openers() -> Sequence[ModelOpener]:
    """Registered models, models of runs, and folders with an MLmodel."""
    return [MlflowOpener()]


@hookimpl
def mlgate_registries() -> Mapping[str, Registry]:
    """The registry behind MLFLOW_REGISTRY_URI or MLFLOW_TRACKING_URI."""
    return {"models": MlflowRegistry()}


@hookimpl
def mlgate_resources() -> Sequence[ResourceProvider]:
    """`origin`: what the tracking server says of the candidate."""
    return [ResourceProvider("origin", origin, "What the tracking server keeps of the candidate: run, texts, data.")]
