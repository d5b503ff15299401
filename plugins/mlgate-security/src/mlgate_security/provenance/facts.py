"""What the model's description and the tracking server say of where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate import Location
from mlgate_security.mlmodel import MLMODEL, read_mlmodel
from mlgate_security.origin import Origin, stated

COMMIT_KEYS = ("mlflow.source.git.commit", "git_commit", "git.commit", "commit")
DIRTY_KEY = "mlflow.source.git.dirty"


@dataclass(frozen=True, slots=True)
class Facts:
    """The MLmodel in `folder`, and the server's word where there is one."""

    folder: Path
    about: Mapping[str, Any]
    origin: Origin | None

    @classmethod
    def of(cls, folder: Path, origin: Origin | None) -> Facts:
        return cls(folder, read_mlmodel(folder), origin)

    @property
    def run(self) -> str | None:
        """The run that the model names, else the one that the server names."""
        return self.text("run_id") or (self.origin.run if self.origin is not None else None)

    @property
    def run_is_gone(self) -> bool:
        return self.origin is not None and self.origin.run is None and self.run is not None

    @property
    def commit(self) -> str | None:
        """The commit that the model's metadata names, else the one among the tags of its run."""
        metadata = self.about.get("metadata")
        named = [metadata.get(key) for key in COMMIT_KEYS] if isinstance(metadata, dict) else []
        bound = next((value for value in named if isinstance(value, str) and value), None)
        return bound or stated(self.origin, *COMMIT_KEYS)

    @property
    def was_dirty(self) -> bool:
        """Whether the run says that its code differed from the commit."""
        return (stated(self.origin, DIRTY_KEY) or "").lower() == "true"

    def text(self, key: str) -> str | None:
        value = self.about.get(key)
        return value if isinstance(value, str) and value else None

    def at(self, key: str = "") -> Location:
        """The line of MLmodel on which `key` stands, else its first."""
        lines = (self.folder / MLMODEL).read_text("utf-8", errors="replace").splitlines()
        found = (number for number, line in enumerate(lines, 1) if key and line.startswith(f"{key}:"))
        return Location(MLMODEL, next(found, 1))
