"""docs/checks is what the checks' docstrings say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_committed_pages_are_current(root: Path) -> None:
    """Whoever changes a docstring runs `python ci/check_pages.py`."""
    done = subprocess.run(
        [sys.executable, str(root / "ci" / "check_pages.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
