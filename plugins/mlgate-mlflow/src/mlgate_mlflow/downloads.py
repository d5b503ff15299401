"""Files of models, brought to this machine."""

from __future__ import annotations

import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp

from mlgate_mlflow.client import answering


class Downloads:
    """Private folders with what was downloaded; they live as long as this, or until the process ends."""

    def fetch(self, source: str, uri: str) -> Path:
        """A copy of the files at `source`, MLflow's own address of the model `uri`. Raises `RegistryError`."""
        import mlflow.artifacts

        folder = mkdtemp(prefix="mlgate-mlflow-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        with answering(f"The files of {uri} can't be fetched", patient=True):
            return Path(mlflow.artifacts.download_artifacts(artifact_uri=source, dst_path=folder))
