"""A registry in memory, as strict as the protocol, and the record of an allowed run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mlgate import AliasMove, Measurement, RegisteredVersion
from mlgate.errors import PromotionRefused
from mlgate.opening import digest
from mlgate.results import (
    CheckRun,
    Decision,
    GateFacts,
    Level,
    ModelSubject,
    Outcome,
    Record,
    Result,
    RunFacts,
    RunStatus,
    Verdict,
)


@dataclass
class ShelfRegistry:
    """Versions are folders; aliases are a dictionary."""

    folder: Path
    aliases: dict[str, str] = field(default_factory=dict)
    records: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def add(self, version: str, content: str) -> RegisteredVersion:
        (self.folder / version).mkdir()
        (self.folder / version / "model.txt").write_text(content)
        return self.version(f"models:/loan/{version}")

    def version(self, uri: str) -> RegisteredVersion:
        number = uri.rpartition("/")[2]
        return RegisteredVersion("loan", number, f"models:/loan/{number}", created=f"t{number}")

    def holder(self, name: str, alias: str) -> RegisteredVersion | None:
        return self.version(f"models:/{name}/{self.aliases[alias]}") if alias in self.aliases else None

    def fetch(self, version: RegisteredVersion) -> Path:
        return self.folder / version.version

    def annotate(self, version: RegisteredVersion, tags: Mapping[str, str], record: bytes | None) -> None:
        self.tags[version.version] = tags
        if record is not None:
            self.records[version.version] = record

    def record(self, version: RegisteredVersion) -> bytes | None:
        return self.records.get(version.version)

    def set_alias(self, version: RegisteredVersion, alias: str, expected: RegisteredVersion | None) -> AliasMove:
        before = self.aliases.get(alias)
        if before != (expected.version if expected else None):
            raise PromotionRefused(f"{alias} moved meanwhile.")
        self.aliases[alias] = version.version
        return AliasMove(version.name, alias, version.version, before, cas=True)


@pytest.fixture
def registry(tmp_path: Path) -> ShelfRegistry:
    """Version 1 is the champion, version 2 the candidate."""
    shelf = ShelfRegistry(tmp_path)
    shelf.add("1", "old")
    shelf.add("2", "new")
    shelf.aliases["champion"] = "1"
    return shelf


@pytest.fixture
def allowed(registry: ShelfRegistry) -> Record:
    """Version 2, compared with version 1, may be promoted."""
    run = CheckRun("toy.one", RunStatus.MEASURED, 0.1, Measurement.exact(1, n=1))
    facts = RunFacts(
        id="20260101T000000-abcdef",
        mlgate="0.1.0",
        started="2026-01-01T00:00:00Z",
        candidate=ModelSubject("models:/loan/2", digest(registry.folder / "2"), "loan", "2"),
        champion=ModelSubject("models:/loan/1", digest(registry.folder / "1"), "loan", "1", "champion"),
        data={},
        gate=GateFacts(0.95),
    )
    result = Result(run, Outcome.PASSED, Level.ENFORCE, "at_least(1)", "1 is at least 1")
    return Record(facts, Verdict(Decision.ALLOWED, ("1 enforcing rule passed.",), 0), (result,), 0.1)
