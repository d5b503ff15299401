"""One entry of the cache: predictions in numpy's own format, without pickle, with what they depend on."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

from mlgate.errors import ModelError
from mlgate.opening.coding import PLAIN, coded, decoded
from mlgate.tabular import PredictionKind, Predictions


@dataclass(frozen=True, slots=True)
class Entry:
    """Kept predictions, and the local source files (path to SHA-256) that took part in making them."""

    predictions: Predictions
    sources: Mapping[str, str]


def read_entry(path: Path, *, rows: int) -> Entry | None:
    """The entry for a table of `rows` rows; None where there is none, or it is not whole."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            about = json.loads(bytes(kept["about"]))
            values = kept["values"]
        classes = None if about["classes"] is None else tuple(about["classes"])
        predictions = Predictions(PredictionKind(about["kind"]), decoded(values, about["table"]), classes)
        sources = {str(file): str(digest) for file, digest in about["sources"].items()}
    except (
        OSError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
        ModelError,
    ):
        return None
    return Entry(predictions, sources) if predictions.rows == rows else None


def write_entry(path: Path, predictions: Predictions, sources: Mapping[str, str]) -> None:
    """Keep predictions, whole or not at all. What JSON can't hold, or a full disk can't, is not kept."""
    values, table = coded(predictions.values)
    about = {"kind": predictions.kind, "classes": predictions.classes, "table": table, "sources": dict(sources)}
    if not all(isinstance(item, PLAIN) for item in (*(predictions.classes or ()), *(table or ()))):
        return
    try:
        _write(path, values, json.dumps(about).encode())
    except OSError:
        return


def _write(path: Path, values: Any, about: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        try:
            np.savez(file, values=values, about=np.frombuffer(about, dtype=np.uint8))
            file.close()
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
