"""How much memory a process holds, seen from outside."""

from __future__ import annotations

import os
from pathlib import Path


def resident(pid: int) -> int | None:
    """The bytes of memory that the process holds, as Linux counts them; None where there is no such count."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
