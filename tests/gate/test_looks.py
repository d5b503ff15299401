"""The alpha ledger counts candidates, not runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import RecordError
from mlgate.gate import GateRequest
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


def test_a_project_keeps_its_runs_and_looks_in_one_place(tmp_path: Path) -> None:
    """Wherever in it one stands; without a gate file, or with a named one, it is the folder one runs in."""
    below = tmp_path / "notebooks" / "loans"
    below.mkdir(parents=True)
    assert GateRequest(folder=below).state == below / ".mlgate"
    (tmp_path / "mlgate.toml").write_text("version = 1\n", encoding="utf-8")
    assert GateRequest(folder=below).state == GateRequest(folder=tmp_path).state == tmp_path / ".mlgate"
    assert GateRequest(folder=below, gate=tmp_path / "mlgate.toml").state == below / ".mlgate"
    assert GateRequest(folder=below, root=tmp_path / "kept").state == tmp_path / "kept"
