"""Predictions kept on disk by content: made once for all checks, all xdist workers and all later runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from mlgate.errors import ModelError
from mlgate.opening.entries import read_entry, write_entry
from mlgate.opening.predicting import predict
from mlgate.opening.road import OpenedModel
from mlgate.opening.sources import installed, local_sources, unchanged
from mlgate.spec import Model
from mlgate.tabular import Columns, Predictions, Table

FORMAT = "mlgate-predictions/1"


class PredictionCache:
    """Predictions in `folder`, by the digests of model and data, the columns' roles and what is installed.

    Two processes that want the same predictions make them once: the second waits for the first. `run` names a run of
    several processes, which share for its time what they predict with a factory, too.
    """

    def __init__(self, folder: Path, run: str | None = None) -> None:
        self._folder = folder
        self._run = run

    def predictions(
        self, digest: str | None, open: Callable[[], Model], table: Table, columns: Columns, *, uri: str | None = None
    ) -> Predictions:
        """What `predict` gives; the model is opened only where its predictions are not kept yet.

        A model without a digest of all its bytes is predicted anew each time, unless it is the factory `uri` of a
        run that several processes share. Raises what `open` and `predict` raise.
        """
        folder, name = self._place(digest, uri)
        if digest is None or folder is None or not _usable(folder):
            return predict(open(), table, columns)
        entry = folder / f"{_key(name, table, columns)}.npz"
        with FileLock(entry.with_suffix(".lock")):
            kept = read_entry(entry, rows=table.rows)
            if kept is not None and unchanged(kept.sources):
                return kept.predictions
            model = open()
            _refuse_other_bytes(model, digest)
            made = predict(model, table, columns)
            write_entry(entry, made, model.sources() if isinstance(model, OpenedModel) else local_sources())
            return made

    def _place(self, digest: str | None, uri: str | None) -> tuple[Path | None, str]:
        """The folder that keeps predictions of this model, and the model's name in it; no folder where none may."""
        if digest is not None and digest.startswith("sha256:"):
            return self._folder, digest
        if digest is None or uri is None or self._run is None:
            return None, ""
        return self._folder / self._run, f"{uri} {digest}"


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False  # a full or read-only disk costs time, and no verdict
    return True


def _key(model: str, table: Table, columns: Columns) -> str:
    """All that the predictions follow from, beside the local modules that a model imports (see `sources`)."""
    parts = (
        FORMAT,
        model,
        table.digest,
        columns.label,
        columns.positive,
        columns.weight,
        columns.entity,
        *installed(),
    )
    return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()


def _refuse_other_bytes(model: Model, digest: str) -> None:
    if isinstance(model, OpenedModel) and model.digest != digest:
        raise ModelError(
            f"The files of the model {model.uri} changed between their digest and their opening.",
            hint="Run again when nothing writes to them.",
        )
