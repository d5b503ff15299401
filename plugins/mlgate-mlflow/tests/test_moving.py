"""Moves on an MLflow without a guard: what others do meanwhile is seen as far as it can be, and outcomes are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from mlgate import AliasMoved, OutcomeUnknown, PromotionRefused, RegistryError, read_chain
from mlgate.testing.registries import ALIAS, RegistryCase
from mlgate_mlflow import ledger
from mlgate_mlflow.registry import MlflowRegistry

AGAIN = "`mlgate run --model models:/{}/2`."


@pytest.fixture
def case(local: Any, request: pytest.FixtureRequest) -> Iterator[RegistryCase]:
    """A model of its own in two versions; version 1 holds the alias, by a move in the ledger."""
    name = re.sub(r"\W", "-", request.node.name)
    local.client.create_registered_model(name)
    for version in ("1", "2"):
        source = local.client.get_model_version("loan", version).source
        local.client.create_model_version(name, source=source, model_id=source.removeprefix("models:/"))
    made = RegistryCase(MlflowRegistry(), name, (f"models:/{name}/1", f"models:/{name}/2"))
    made.set(made.move(0))
    yield made
    local.client.delete_registered_model(name)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., None]], None]:
    """Let something else happen whenever the alias is set: it gets the real method, and what it was called with."""
    from mlflow import MlflowClient

    real = MlflowClient.set_registered_model_alias

    def install(happens: Callable[..., None]) -> None:
        monkeypatch.setattr(MlflowClient, "set_registered_model_alias", lambda *called: happens(real, *called))

    return install


def holder(case: RegistryCase) -> str | None:
    found = case.registry.holder(case.name, ALIAS)
    return found.version if found else None


def moves(case: RegistryCase) -> list[str | None]:
    return [entry.version for entry in case.entries() if entry.moves]


def test_the_move_is_said_to_be_no_compare_and_set(case: RegistryCase) -> None:
    """MLflow has none, and nobody may be told otherwise."""
    assert not case.registry.capabilities(case.name).cas


def test_a_move_that_somebody_else_overtakes(case: RegistryCase, meanwhile: Any) -> None:
    """Seen on reading back, and left as it is: the last word is the other one's. Nothing is written down."""

    def overtaken(real: Any, client: Any, name: str, alias: str, version: str) -> None:
        real(client, name, alias, version)
        real(client, name, alias, "1")

    meanwhile(overtaken)
    with pytest.raises(AliasMoved) as caught:
        case.set(case.move(1))
    assert str(caught.value) == (
        f"{case.name}@{ALIAS} was moved by somebody else meanwhile: it is held by version 1. "
        f"Compare with that one: {AGAIN.format(case.name)}"
    )
    assert moves(case) == ["1"]


def test_a_promoter_who_was_second_takes_its_move_back(case: RegistryCase, meanwhile: Any) -> None:
    """Two looked at the same holder; the ledger tells who was first, and the alias is where the first one put it."""
    first = case.move(1)
    second = replace(case.move(0), expected=case.version(0))

    def raced(real: Any, client: Any, name: str, alias: str, version: str) -> None:
        if version == "2":
            real(client, name, alias, version)
            ledger.write(replace(case.event(second), generation=2, version="1"))
        else:
            real(client, name, alias, version)

    meanwhile(raced)
    with pytest.raises(AliasMoved, match="it is held by version 1"):
        case.set(first)
    assert holder(case) == "1"
    assert moves(case) == ["1", "1"]


def test_a_lost_answer_is_no_failure(case: RegistryCase, meanwhile: Any) -> None:
    """The alias tells that it moved."""

    def cut(real: Any, *called: Any) -> None:
        real(*called)
        raise ConnectionError("the connection was cut")

    meanwhile(cut)
    case.set(case.move(1))
    assert (holder(case), moves(case)) == ("2", ["1", "2"])


def test_a_lost_question_is_a_failure_that_is_known(case: RegistryCase, meanwhile: Any) -> None:
    """The alias tells that it did not move."""

    def cut(real: Any, *called: Any) -> None:
        raise ConnectionError("the connection was cut")

    meanwhile(cut)
    with pytest.raises(RegistryError) as caught:
        case.set(case.move(1))
    assert not isinstance(caught.value, OutcomeUnknown)
    assert caught.value.message == f"The alias {case.name}@{ALIAS} can't be set: the connection was cut."
    assert (holder(case), moves(case)) == ("1", ["1"])


def test_a_registry_that_falls_silent_after_the_move(
    case: RegistryCase, meanwhile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it moved is not known, and the command that finds out is named. Promoting again finishes it."""

    def last_word(real: Any, *called: Any) -> None:
        real(*called)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////nowhere/mlflow.db")

    move = case.move(1)
    with monkeypatch.context():
        meanwhile(last_word)
        with pytest.raises(OutcomeUnknown) as caught:
            case.set(move)
    assert str(caught.value) == (
        f"{case.name}@{ALIAS} was to be set to version 2, and whether it was is not known: "
        "There is no MLflow registry at sqlite:////nowhere/mlflow.db. "
        f"Find out with `mlgate history {case.name}`; promoting once more is safe. "
        "MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI say which one is asked."
    )


def test_a_move_that_was_not_written_down_is_finished(case: RegistryCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process was killed between the alias and the ledger: the same move again writes it down, once."""
    move = case.move(1)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "write", _killed)
        with pytest.raises(KeyboardInterrupt):
            case.set(move)
    assert (holder(case), moves(case)) == ("2", ["1"])
    case.set(replace(move, expected=case.version(1)))
    assert (holder(case), moves(case)) == ("2", ["1", "2"])


def test_a_writer_that_was_killed_stops_nobody(case: RegistryCase, local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its half an entry is in the way for a minute, and then taken out of it."""
    with monkeypatch.context() as patch:
        patch.setattr("mlflow.MlflowClient.set_terminated", _killed)
        with pytest.raises(KeyboardInterrupt):
            case.registry.append(case.event(case.move(1)))
    assert moves(case) == ["1"]
    monkeypatch.setattr(ledger, "_DEAD_AFTER_MS", -1)
    case.set(case.move(1))
    assert moves(case) == ["1", "2"]


def test_an_entry_that_was_changed_is_named(case: RegistryCase, local: Any) -> None:
    """Tags of runs are anybody's to write."""
    (run,) = local.client.search_runs(
        [local.client.get_experiment_by_name("mlgate").experiment_id], f"tags.`mlgate.model` = '{case.name}'"
    )
    text = run.data.tags["mlgate.entry"]
    local.client.set_tag(run.info.run_id, "mlgate.entry", text.replace('"actor":"the contract"', '"actor":"nobody"'))
    broken = read_chain(case.registry.history(case.name)).broken
    assert str(broken) == "entry 1: it was changed after it was written: its hash is not that of its content."


def test_an_end_that_was_deleted_is_missed(case: RegistryCase, local: Any) -> None:
    """A tag of the registered model keeps the last entry's hash."""
    case.set(case.move(1))
    runs = local.client.search_runs(
        [local.client.get_experiment_by_name("mlgate").experiment_id], f"tags.`mlgate.model` = '{case.name}'"
    )
    last = max(runs, key=lambda run: run.data.tags["mlgate.entry-seq"])
    local.client.delete_run(last.info.run_id)
    broken = read_chain(case.registry.history(case.name), case.registry.head(case.name)).broken
    assert str(broken).startswith("entry 2: the end was cut off")


def test_an_entry_too_long_for_mlflow_is_refused(case: RegistryCase) -> None:
    """MLflow would cut it at 8,000 characters, in silence."""
    with pytest.raises(Exception, match="too long for a ledger in MLflow"):
        case.registry.append(replace(case.event(case.move(1)), reason="x" * 9_000))


def test_a_version_that_was_made_again(case: RegistryCase) -> None:
    """The number is the same, the time is not."""
    move = case.move(1)
    other = replace(move, version=replace(move.version, created="1"))
    with pytest.raises(PromotionRefused, match="was deleted and made again meanwhile"):
        case.set(other)


def _killed(*called: Any) -> None:
    raise KeyboardInterrupt
