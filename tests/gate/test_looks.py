"""The alpha ledger counts candidates, not runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import RecordError
from mlgate.gate.looks import count_look


def test_a_new_candidate_is_a_new_look_and_the_same_one_is_not(tmp_path: Path) -> None:
    """Re-running costs nothing; each further candidate shares the budget."""
    looks = [count_look(tmp_path, "sha256:test", candidate) for candidate in ("a", "b", "a", "c", "b")]
    assert looks == [1, 2, 1, 3, 2]


def test_another_test_set_starts_anew(tmp_path: Path) -> None:
    """Fresh labels have been looked at by nobody."""
    count_look(tmp_path, "sha256:old", "a")
    assert count_look(tmp_path, "sha256:new", "b") == 1


@pytest.mark.parametrize("broken", [b"{", b"[1]", b'{"sha256:test": 3}'])
def test_a_broken_ledger_is_refused(tmp_path: Path, broken: bytes) -> None:
    """An unknown number of looks is not one look."""
    (tmp_path / "looks.json").write_bytes(broken)
    with pytest.raises(RecordError, match=r"looks\.json is not a ledger of looks"):
        count_look(tmp_path, "sha256:test", "a")
