"""Where the gate file is: `mlgate.toml`, or `[tool.mlgate]` in pyproject.toml, from a folder up."""

from __future__ import annotations

import tomllib
from pathlib import Path

FILE_NAME = "mlgate.toml"
SHARED_FILE_NAME = "pyproject.toml"


def find(start: Path) -> Path | None:
    """The nearest gate file from `start` up; None where there is none."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        if _has_section(folder / SHARED_FILE_NAME):
            return folder / SHARED_FILE_NAME
    return None


def _has_section(path: Path) -> bool:
    """Whether there is a gate in it; a broken file that mentions one has one, so that reading it says what is wrong."""
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError:
        return False
    try:
        return "mlgate" in tomllib.loads(content.decode()).get("tool", {})
    except (ValueError, AttributeError):
        return b"tool.mlgate" in content
