"""Files of models, brought to this machine."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from mlgate_mlflow.client import answering


class Downloads:
    """Private folders with what was downloaded; they live as long as this, or until the process ends."""

    def __init__(self) -> None:
        self._folders: list[TemporaryDirectory[str]] = []

    def fetch(self, source: str, uri: str) -> Path:
        """A copy of the files at `source`, MLflow's own address of the model `uri`. Raises `RegistryError`."""
        import mlflow.artifacts

        folder = TemporaryDirectory(prefix="mlgate-mlflow-", ignore_cleanup_errors=True)
        self._folders.append(folder)
        with answering(f"The files of {uri} can't be fetched", patient=True):
            return Path(mlflow.artifacts.download_artifacts(artifact_uri=source, dst_path=folder.name))
