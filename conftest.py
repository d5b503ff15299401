"""What holds for every test of every distribution here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

SHARED_DATA = Path(__file__).resolve().parents[1] / "shared" / "data"

# A busy machine is no failure: how long things take is measured in benchmarks/.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real tables and model files beside the repository.

    A test that needs it is skipped, and says so, where it is absent; in CI it fails, for there nobody reads of a skip.
    """
    if not SHARED_DATA.is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"the shared data are not at {SHARED_DATA}")
    return SHARED_DATA
