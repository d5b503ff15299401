"""A user's own checks: `mlgate_checks.py` beside `mlgate.toml`, loaded as a plugin, like `conftest.py`."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from mlgate.checks import Check
from mlgate.errors import PluginError
from mlgate.spec import hookimpl

FILE_NAME = "mlgate_checks.py"


def load_local_checks(folder: Path) -> ModuleType | None:
    """The module `folder/mlgate_checks.py` with its checks declared, or None where there is no such file.

    Raises `PluginError`, with file and line, where it does not import.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    module = _import(path)
    if not hasattr(module, "mlgate_checks"):
        own = [value for value in vars(module).values() if isinstance(value, Check)]
        module.mlgate_checks = hookimpl(lambda: own, specname="mlgate_checks")  # type: ignore[attr-defined]
    return module


def _import(path: Path) -> ModuleType:
    definition = importlib.util.spec_from_file_location(path.stem, path)
    if definition is None or definition.loader is None:
        raise PluginError(f"{path} can't be imported.")
    module = importlib.util.module_from_spec(definition)
    sys.modules[path.stem] = module  # so that dataclasses and type hints inside the file resolve
    try:
        definition.loader.exec_module(module)
    except Exception as error:
        raise PluginError(
            f"your checks do not import: {type(error).__name__}: {error}.",
            where=_place(path, error),
            hint="Mend that line.",
        ) from error
    return module


def _place(path: Path, error: Exception) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{path}:{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f"{path}:{lines[-1]}" if lines else str(path)
