"""The scan beside Python's own unpicklers on pickles made at random: benchmarks/scan_differential.py makes more."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.opening.scanning.differential import cases, compared


@pytest.mark.filterwarnings("ignore:invalid escape:DeprecationWarning")
def test_what_python_asks_for_is_told(tmp_path: Path) -> None:
    """Of 400 pickles, at least 150 ask for a name beyond the list; the scan lets none pass, and names nearly all."""
    found = [compared(data, tmp_path / "model") for data in cases(4, 400)]
    asking = [each for each in found if each.asked]
    assert len(asking) > 150
    assert not [each.asked for each in asking if each.missed]
    assert sum(each.asked <= each.told for each in asking) > 0.95 * len(asking)
