"""Find a pandera schema that a user already has: `schemas.py:Credit`, a DataFrameModel or a DataFrameSchema."""

from __future__ import annotations

import difflib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from mlgate.errors import CheckError


def load_schema(reference: str, folder: Path) -> Any:
    """The schema object, as pandera's `DataFrameSchema`. Its file is run, as `import` would. Raises `CheckError`."""
    path, _, name = reference.rpartition(":")
    if not path or not name:
        raise CheckError(f"{reference!r} does not name a schema.", hint='Write it as "schemas.py:Credit".')
    module = _module(folder / path, reference)
    if not hasattr(module, name):
        near = difflib.get_close_matches(name, vars(module), n=1)
        hint = f"Did you mean {near[0]}?" if near else None
        raise CheckError(f"{path} has no {name}.", hint=hint)
    found = getattr(module, name)
    schema = _built(found, reference) if hasattr(found, "to_schema") else found
    if not all(hasattr(schema, part) for part in ("columns", "checks", "strict", "validate")):
        raise CheckError(
            f"{reference} is a {type(found).__name__}, and neither a DataFrameModel nor a DataFrameSchema of pandera."
        )
    return schema


def _built(model: Any, reference: str) -> Any:
    try:
        return model.to_schema()
    except Exception as error:  # pandera's own errors, and those of the checks that a model builds
        raise CheckError(f"pandera can't build {reference}: {str(error).rstrip('.')}.") from error


def _module(path: Path, reference: str) -> ModuleType:
    if not path.is_file():
        raise CheckError(f"there is no file {path}, which {reference} names.")
    spec = importlib.util.spec_from_file_location(f"mlgate_schema_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CheckError(f"{path} can't be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # so that type hints inside the file resolve
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        hint = "`pip install pandera` brings it." if error.name == "pandera" else None
        raise CheckError(f"{path} does not import: {error}.", hint=hint) from error
    except Exception as error:
        raise CheckError(f"{path} does not import: {type(error).__name__}: {error}.") from error
    return module
