"""W&B's public API.

https://docs.wandb.ai/models/registry/aliases
https://docs.wandb.ai/models/artifacts/create-a-custom-alias
https://docs.wandb.ai/models/artifacts/update-an-artifact
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

_OWN = re.compile(r"latest|v[0-9]+")
_MOST_KEYS, _LONGEST_ALIAS = 100, 128


class CommError(Exception):
    """W&B's one error for what does not exist and for what is not allowed."""


@dataclass
class FakeArtifact:
    """A version that was linked into a collection."""

    api: FakeWandb
    place: str
    version: str
    files: dict[str, bytes]
    created_at: str
    aliases: list[str] = field(default_factory=list)
    metadata: dict[str, object] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return hashlib.md5(repr(sorted(self.files.items())).encode(), usedforsecurity=False).hexdigest()

    def save(self) -> None:
        """What was added to the aliases goes to this version, what was taken away goes."""
        self.api.saved(self)

    def download(self, root: str) -> str:
        """All files."""
        for file, content in self.files.items():
            Path(root, file).write_bytes(content)
        return root


class FakeWandb:
    """`wandb.Api`, for somebody who is an admin of the registry, or is not."""

    def __init__(self, protected: tuple[str, ...] = ()) -> None:
        self.protected = protected
        self._artifacts: dict[str, list[FakeArtifact]] = {}
        self._lock = Lock()

    def link(self, place: str, files: dict[str, bytes]) -> None:
        """The next version, counted from 0; `latest` moves to it."""
        known = self._artifacts.setdefault(place, [])
        for each in known:
            each.aliases = [alias for alias in each.aliases if alias != "latest"]
        number = f"v{len(known)}"
        known.append(
            FakeArtifact(self, place, number, files, f"2026-11-0{len(known) + 1}T00:00:00", ["latest", number])
        )

    def artifact_collection_exists(self, name: str, type: str) -> bool:
        return name in self._artifacts

    def artifact_exists(self, name: str, type: str | None = None) -> bool:
        return self._find(name) is not None

    def artifact(self, name: str, type: str | None = None) -> FakeArtifact:
        """What is handed out is a copy that remembers."""
        found = self._find(name)
        if found is None:
            raise CommError(f"artifact {name} not found")
        return self._copy(found)

    def artifacts(self, type_name: str, name: str) -> Iterable[FakeArtifact]:
        """The newest first."""
        if name not in self._artifacts:
            raise CommError(f"collection {name} not found")
        return [self._copy(each) for each in reversed(self._artifacts[name])]

    def saved(self, changed: FakeArtifact) -> None:
        """In the limits of aliases and metadata; an alias is held by one version of a collection."""
        if len(changed.metadata) > _MOST_KEYS:
            raise CommError("metadata is limited to 100 total keys")
        with self._lock:
            known = self._artifacts[changed.place]
            stored = next(each for each in known if each.version == changed.version)
            added = [alias for alias in changed.aliases if alias not in stored.aliases and not _OWN.fullmatch(alias)]
            taken = [alias for alias in stored.aliases if alias not in changed.aliases]
            self._refuse([*added, *taken], known)
            for each in known:
                each.aliases = [alias for alias in each.aliases if alias not in added]
            stored.aliases = [alias for alias in stored.aliases if alias not in taken] + added
            stored.metadata = dict(changed.metadata)

    def _refuse(self, aliases: list[str], known: list[FakeArtifact]) -> None:
        there = {alias for each in known for alias in each.aliases}
        for alias in aliases:
            if alias in self.protected:
                raise CommError(f"permission denied: alias {alias} is protected")
            twin = next((other for other in there if other != alias and other.lower() == alias.lower()), None)
            if twin is not None or len(alias) > _LONGEST_ALIAS or set("/:") & set(alias):
                raise CommError(f"alias {alias} is not allowed")

    def _find(self, name: str) -> FakeArtifact | None:
        place, _, asked = name.partition(":")
        return next((each for each in self._artifacts.get(place, []) if asked in each.aliases), None)

    def _copy(self, artifact: FakeArtifact) -> FakeArtifact:
        return FakeArtifact(
            self,
            artifact.place,
            artifact.version,
            artifact.files,
            artifact.created_at,
            list(artifact.aliases),
            deepcopy(artifact.metadata),
        )
