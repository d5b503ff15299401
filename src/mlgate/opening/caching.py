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

    Two processes that want the same predictions make them once: the second waits for the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def predictions(self, digest: str | None, open: Callable[[], Model], table: Table, columns: Columns) -> Predictions:
        """What `predict` gives; the model is opened only where its predictions are not kept yet.

        A model without a digest of all its bytes is predicted anew each time. Raises what `open` and `predict` raise.
        """
        if digest is None or not digest.startswith("sha256:") or not self._usable():
            return predict(open(), table, columns)
        entry = self._folder / f"{_key(digest, table, columns)}.npz"
        with FileLock(entry.with_suffix(".lock")):
            kept = read_entry(entry, rows=table.rows)
            if kept is not None and unchanged(kept.sources):
                return kept.predictions
            model = open()
            _refuse_other_bytes(model, digest)
            made = predict(model, table, columns)
            write_entry(entry, made, local_sources())
            return made

    def _usable(self) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False  # a full or read-only disk costs time, and no verdict
        return True


def _key(digest: str, table: Table, columns: Columns) -> str:
    """All that the predictions follow from, beside the local modules that a model imports (see `sources`)."""
    parts = (
        FORMAT,
        digest,
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
