"""From a record to a moved alias, with MLflow's own registry underneath."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from mlgate import Measurement, PromotionRefused
from mlgate.opening import digest_model
from mlgate.promotion import promote, write_back
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
from mlgate_mlflow.opener import MlflowOpener
from mlgate_mlflow.registry import MlflowRegistry


@dataclass(frozen=True)
class Case:
    """A model `moved` with a champion, version 1, and a candidate, version 2, that was judged against it."""

    registry: MlflowRegistry
    record: Record
    client: Any
    name: str

    @property
    def candidate(self) -> str:
        return f"models:/{self.name}/2"

    def write_back(self, record: Record) -> None:
        write_back(self.registry, to_json(record), record)

    def promote(self) -> str | None:
        return promote(self.candidate, "champion", registry=self.registry).previous

    def refusal(self) -> str:
        before = self.client.get_registered_model(self.name).aliases
        with pytest.raises(PromotionRefused) as caught:
            self.promote()
        assert self.client.get_registered_model(self.name).aliases == before
        return str(caught.value)


@pytest.fixture
def case(store: Any, request: pytest.FixtureRequest) -> Iterator[Case]:
    client, name = store.client, re.sub(r"\W", "-", request.node.name)
    client.create_registered_model(name)
    for version in ("1", "2"):
        copy(client, "loan", version, to=name)
    client.set_registered_model_alias(name, "champion", "1")
    yield Case(MlflowRegistry(), _record(name), client, name)
    client.delete_registered_model(name)


def copy(client: Any, name: str, version: str, *, to: str) -> None:
    """One more version of the same stored files."""
    source = client.get_model_version(name, version).source
    client.create_model_version(to, source=source, model_id=source.removeprefix("models:/"))


def _record(name: str) -> Record:
    """What a run leaves that allows version 2 against version 1."""
    opener = MlflowOpener()
    candidate, champion = (opener.locate(f"models:/{name}/{version}") for version in ("2", "1"))
    run = CheckRun("toy.one", RunStatus.MEASURED, 0.1, Measurement.exact(1, n=1))
    facts = RunFacts(
        id="20260101T000000-abcdef",
        mlgate="0.1.0",
        started="2026-01-01T00:00:00Z",
        candidate=ModelSubject(candidate.uri, digest_model(candidate), name, "2"),
        champion=ModelSubject(champion.uri, digest_model(champion), name, "1", "champion"),
        data={},
        gate=GateFacts(0.95),
    )
    result = Result(run, Outcome.PASSED, Level.ENFORCE, "at_least(1)", "1 is at least 1")
    return Record(facts, Verdict(Decision.ALLOWED, ("1 enforcing rule passed.",), 0), (result,), 0.1)


def test_an_allowed_version_is_promoted(case: Case) -> None:
    """The run writes back, the promotion finds it there, the alias moves."""
    case.write_back(case.record)
    assert case.promote() == "1"
    assert case.client.get_model_version_by_alias(case.name, "champion").version in ("2", 2)


def test_a_denied_version_is_not(case: Case) -> None:
    """With the first reason of the verdict."""
    verdict = Verdict(Decision.DENIED, ("toy.one: 0 is below 1",), 1)
    case.write_back(replace(case.record, verdict=verdict))
    assert case.refusal() == (
        f"the verdict on {case.candidate} is denied: toy.one: 0 is below 1. "
        f"Mend that. Judge it: `mlgate run --model {case.candidate}`."
    )


def test_a_version_that_nobody_judged(case: Case) -> None:
    """No record, no promotion."""
    assert case.refusal() == (
        f"{case.candidate} has no record: nobody judged it. Judge it: `mlgate run --model {case.candidate}`."
    )


def test_a_champion_that_moved_since(case: Case) -> None:
    """Better than the old one is not better than the new one."""
    case.write_back(case.record)
    copy(case.client, case.name, "1", to=case.name)
    case.client.set_registered_model_alias(case.name, "champion", "3")
    assert case.refusal().startswith(
        f"{case.name}@champion is held by version 3, and the record compares with models:/{case.name}/1."
    )


def test_bytes_that_were_swapped_since(case: Case, tmp_path: Path) -> None:
    """MLflow lets anybody write over the files of a registered version."""
    case.write_back(case.record)
    source = case.client.get_model_version(case.name, "2").source.removeprefix("models:/")
    (tmp_path / "README.md").write_text("also a file of the model")
    case.client.log_model_artifact(source, str(tmp_path / "README.md"))
    try:
        said = case.refusal()
    finally:
        _restore(case.client, source)
    assert said.startswith(f"the files of {case.candidate} are not those that were judged: their digest is sha256:")


def _restore(client: Any, model_id: str) -> None:
    """Take the extra file out of the store that other tests share."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    repository = get_artifact_repository(client.get_logged_model(model_id).artifact_location)
    repository.delete_artifacts("README.md")
