"""The plugins as a command in this folder sees them: with the user's own checks beside the gate file."""

from __future__ import annotations

from pathlib import Path

from mlgate import gatefile
from mlgate.gate import installed_host
from mlgate.host import Host


def host_here(folder: Path) -> Host:
    """The installed plugins and `mlgate_checks.py` beside the gate file that governs `folder`."""
    path = gatefile.find(folder)
    return installed_host(path.parent if path is not None else folder)
