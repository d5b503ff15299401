"""An MLmodel file, read as data; nothing of the model is opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlgate import CheckError, NotApplicable

MLMODEL = "MLmodel"
_LARGEST = 1 << 20


def read_mlmodel(folder: Path) -> Mapping[str, Any]:
    """What the MLmodel in `folder` says. Raises `NotApplicable` without one, `CheckError` where it can't be read."""
    path = folder / MLMODEL
    if not path.is_file():
        raise NotApplicable("the model has no MLmodel file.", hint="Log it with MLflow to have it described.")
    return read_yaml(path)


def read_yaml(path: Path) -> Mapping[str, Any]:
    """A mapping of plain values. Raises `CheckError` for everything else."""
    import yaml

    if path.stat().st_size > _LARGEST:
        raise CheckError(f"{path.name} is larger than 1 MiB, which no model needs.")
    try:
        content = yaml.safe_load(path.read_bytes())
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise CheckError(f"{path.name} can't be read: {type(error).__name__}.", hint="Log the model again.") from error
    if not isinstance(content, dict):
        raise CheckError(f"{path.name} holds no keys.", hint="Log the model again.")
    return content
