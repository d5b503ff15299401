"""Real tables and other people's verdicts, where they stand beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real tables; a test that needs it is skipped, and says so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the shared tables are not at {SHARED}")
    return SHARED
