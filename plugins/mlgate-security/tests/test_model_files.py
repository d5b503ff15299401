"""The check finds what the scanner finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from mlgate import NotApplicable
from mlgate.testing import measure
from mlgate_security.model_files import model_files


@dataclass(frozen=True)
class Files:
    path: Path | None


def test_a_dangerous_import_is_a_finding_with_its_place(tmp_path: Path) -> None:
    """The file, the byte of the opcode and the import's two names."""
    (tmp_path / "model.pkl").write_bytes(b"(lp0\n0cos\nsystem\n(S'true'\ntR.")
    (finding,) = measure(model_files, candidate=Files(tmp_path)).findings
    assert {**finding.data} == {"file": "model.pkl", "offset": 6, "module": "os", "name": "system"}


def test_a_model_without_files_has_nothing_to_scan() -> None:
    """A Python factory is code of the user's own."""
    with pytest.raises(NotApplicable):
        measure(model_files, candidate=Files(None))
