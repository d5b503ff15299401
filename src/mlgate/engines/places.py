"""Where environments lie: one folder for every project of this user."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "MLGATE_ENGINES"
"""Names the folder, where it is not to be the one in the user's cache."""
WHEELS = "MLGATE_ENGINES_WHEELS"
"""Names a folder of wheels to install from, without any index."""


def engines_folder(given: Mapping[str, str] | None = None) -> Path:
    """The folder of all environments. `given` are the variables to read, this process's by default."""
    variables = os.environ if given is None else given
    stated = variables.get(VARIABLE)
    return _whole(stated) if stated else _cache(variables) / "mlgate" / "engines"


def wheels_folder(given: Mapping[str, str] | None = None) -> Path | None:
    """The folder of wheels that the user named, if any."""
    stated = (os.environ if given is None else given).get(WHEELS)
    return _whole(stated) if stated else None


def _whole(stated: str) -> Path:
    """From the root: workers run in folders of their own."""
    return Path(stated).expanduser().absolute()


def _cache(variables: Mapping[str, str]) -> Path:
    """The user's cache, by the rules of the XDG base directories, of macOS and of Windows."""
    if sys.platform == "win32":
        return Path(variables.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    stated = Path(variables.get("XDG_CACHE_HOME") or "")
    return stated if stated.is_absolute() else Path.home() / ".cache"
