"""The folder registry keeps the contract that is asked of every registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.folder_registry import FolderRegistry, register
from mlgate.testing.registries import RegistryCase, RegistryContract


class TestFolderRegistry(RegistryContract):
    @pytest.fixture
    def case(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RegistryCase:
        """`loan` in two versions: a file each."""
        monkeypatch.setenv("MLGATE_REGISTRY", str(tmp_path / "registry"))
        for content in ("old", "new"):
            (tmp_path / "model.txt").write_text(content)
            register("loan", tmp_path / "model.txt")
        return RegistryCase(FolderRegistry(), "loan", ("folder:loan/1", "folder:loan/2"))
