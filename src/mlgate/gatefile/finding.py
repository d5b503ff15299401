"""Where the gate file is: `mlgate.toml`, or `[tool.mlgate]` in pyproject.toml, from a folder up."""

from __future__ import annotations

import tomllib
from pathlib import Path

FILE_NAME = "mlgate.toml"


def find(start: Path) -> Path | None:
    """The nearest gate file from `start` up; None where there is none."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        if _has_section(folder / "pyproject.toml"):
            return folder / "pyproject.toml"
    return None


def _has_section(path: Path) -> bool:
    try:
        return path.is_file() and "mlgate" in tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):
        return False
