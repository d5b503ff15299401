"""A folder registry with one model, and records of runs on it as `mlgate run` leaves them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlgate import Ledger, Measurement, PromotionRefused, read_chain
from mlgate.attestation import attest, generate, public_key, signing_key
from mlgate.folder_registry import FolderRegistry, register
from mlgate.opening import digest, manifest
from mlgate.promotion import Brought, Conditions, promote, write_back
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
from mlgate.results.record_json import to_json

NOW = datetime.now(UTC).replace(microsecond=0)
"""When everything here is promoted; the runs were in the hour before."""


@dataclass
class Bench:
    """The model `loan` in a folder registry; `judge` leaves a verdict on a version against who holds `champion`."""

    folder: Path
    registry: FolderRegistry = field(default_factory=FolderRegistry)
    runs: int = 0

    def add(self, content: str) -> str:
        """One more version; its URI."""
        (self.folder / "model.txt").write_text(content)
        return register("loan", self.folder / "model.txt").uri

    def files(self, version: str) -> Path:
        """The stored file of a version, which whoever may write to the folder can change."""
        return self.folder / "registry" / "loan" / "versions" / version / "files" / "model.txt"

    def subject(self, version: str, **parts: Any) -> ModelSubject:
        found = self.registry.version(f"folder:loan/{version}")
        place = self.registry.capabilities("loan").registry
        return replace(
            ModelSubject(found.uri, digest(self.registry.fetch(found)), "loan", version, None, found.created, place),
            **parts,
        )

    def record(self, version: str, **parts: Any) -> Record:
        """What a run leaves that allows `version` against who holds `champion` now."""
        holder = self.registry.holder("loan", "champion")
        generation = self.registry.generation("loan", "champion")
        self.runs += 1
        facts = RunFacts(
            id=f"20261128T07{self.runs:02}00-abcdef",
            mlgate="0.1.0",
            started=ago(timedelta(minutes=60 - self.runs)),
            candidate=self.subject(version),
            champion=self.subject(holder.version, alias="champion", generation=generation) if holder else None,
            data={},
            gate=GateFacts(0.95),
        )
        run = CheckRun("toy.one", RunStatus.MEASURED, 0.1, Measurement.exact(1, n=1))
        result = Result(run, Outcome.PASSED, Level.ENFORCE, "at_least(1)", "1 is at least 1")
        verdict = Verdict(Decision.ALLOWED, ("1 enforcing rule passed.",), 0)
        return Record(replace(facts, **parts), verdict, (result,), 0.1)

    def judge(self, version: str, **parts: Any) -> Record:
        """The same, written back to the registry."""
        record = self.record(version, **parts)
        write_back(self.registry, to_json(record), record)
        return record

    def promote(self, version: str, conditions: Conditions | None = None, **brought: Any) -> str | None:
        """Who held `champion` before."""
        return promote(
            f"folder:loan/{version}",
            "champion",
            registry=self.registry,
            conditions=conditions,
            brought=Brought(**brought),
            now=NOW,
        ).previous

    def refusal(self, version: str, conditions: Conditions | None = None, **brought: Any) -> str:
        """The sentence, after making sure that the alias has not moved."""
        before = self.champion
        with pytest.raises(PromotionRefused) as caught:
            self.promote(version, conditions, **brought)
        assert self.champion == before
        return str(caught.value)

    @property
    def champion(self) -> str | None:
        holder = self.registry.holder("loan", "champion")
        return holder.version if holder else None

    @property
    def ledger(self) -> Ledger:
        return read_chain(self.registry.history("loan"), self.registry.head("loan"))

    def kinds(self) -> list[str]:
        return [str(entry.kind) for entry in self.ledger.entries]


@dataclass(frozen=True)
class Keys:
    """Key pairs by name."""

    folder: Path

    def private(self, name: str) -> Any:
        if not (self.folder / name).exists():
            generate(self.folder / name)
        return signing_key(str(self.folder / name))

    def public(self, *names: str) -> tuple[Any, ...]:
        for name in names:
            self.private(name)
        return tuple(public_key(self.folder / f"{name}.pub") for name in names)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Versions 1 (promoted, by the record of a first release) and 2 (judged against it)."""
    monkeypatch.setenv("MLGATE_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("MLGATE_ACTOR", "me")
    made = Bench(tmp_path)
    for content in ("old", "new"):
        made.add(content)
    made.judge("1")
    made.promote("1")
    return made


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    (tmp_path / "keys").mkdir()
    return Keys(tmp_path / "keys")


@pytest.fixture
def signed(bench: Bench, keys: Keys) -> Any:
    """The envelope of a record, signed by the key of that name."""
    return lambda record, name: attest(
        to_json(record),
        manifest(bench.registry.fetch(bench.registry.version(record.facts.candidate.uri))),
        [keys.private(name)],
    )


def ago(age: timedelta) -> str:
    return (NOW - age).strftime("%Y-%m-%dT%H:%M:%SZ")


def forget(bench: Bench) -> None:
    """The registry as it is before mlgate comes: an alias that is held, and no ledger."""
    folder = bench.folder / "registry" / "loan"
    (folder / "ledger.jsonl").unlink()
    tree = json.loads((folder / "aliases.json").read_text())
    tree["champion"] |= {"entry": None, "seq": 0}
    (folder / "aliases.json").write_text(json.dumps(tree))


def delete(bench: Bench, version: str) -> None:
    """Delete a version from the folder, as somebody with the rights to it can."""
    shutil.rmtree(bench.folder / "registry" / "loan" / "versions" / version)
