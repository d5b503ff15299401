"""A registry that can't be asked, or that has not what is asked for: sentences, and no waiting for minutes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

VERSIONS = "It has versions 1, 2, 3 and aliases challenger (version 2), champion (version 1)."
UNREACHED = (
    "MLflow's registry does not answer for models:/late-loans/2: {}. Is the server at {} up? "
    "MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI say which one is asked."
)
ABSENT = {
    "no such name": (
        "models:/late-loan/1",
        "There is no model models:/late-loan/1 in the registry. It knows no model called late-loan.",
    ),
    "no such version": (
        "models:/late-loans/9",
        f"There is no model models:/late-loans/9 in the registry. {VERSIONS}",
    ),
    "no such alias": (
        "models:/late-loans@chalenger",
        f"There is no model models:/late-loans@chalenger in the registry. {VERSIONS}",
    ),
    "no such run": (
        f"runs:/{'0' * 32}/model",
        f"There is no run {'0' * 32}. The id stands in MLflow's page of the run.",
    ),
}


@pytest.mark.parametrize(("model", "told"), ABSENT.values(), ids=ABSENT)
def test_a_model_that_the_registry_lacks_is_told(model: str, told: str, sound: Desk, registry: Any) -> None:
    """The sentence names what there is."""
    done = sound.judge(model=model)
    assert (done.code, sound.told()) == (3, told)


def test_a_registry_that_refuses_is_told(sound: Desk, closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens: the sentence says what was asked, of whom, and which variables name it."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", closed)
    done = sound.judge(model="models:/late-loans/2")
    assert (done.code, sound.told()) == (3, UNREACHED.format("the connection was refused", closed))


def test_a_registry_that_never_answers_is_told(sound: Desk, silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait is bounded; a user's own bound holds."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", silent)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    done = sound.judge(model="models:/late-loans/2")
    assert (done.code, sound.told()) == (3, UNREACHED.format("no answer came in time", silent))


def test_a_registry_that_refuses_promotes_nothing(desk: Desk, closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sentence, and exit code 3: nobody refused, nobody was there."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", closed)
    done = desk.mlgate("promote", "models:/late-loans/2", "--to", "champion")
    assert (done.code, done.err) == (3, f"mlgate: {UNREACHED.format('the connection was refused', closed)}\n")


def test_a_champion_that_cannot_be_asked_for_denies(desk: Desk, closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not knowing who the champion is must not read as a first release; the candidate is measured all the same."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", closed)
    done = desk.mlgate(
        *("run", "--model", "candidate.joblib", "--champion", "models:/late-loans@champion"),
        *("--test", "test.parquet", "--label", "late", "--checks", "performance.*"),
    )
    assert done.code == 3
    assert desk.result("performance.vs_champion")["outcome"] == "errored"
    assert desk.result("performance.roc_auc")["measurement"]["n"] == 3000


@pytest.fixture
def closed() -> str:
    """The address of a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes a call and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_version_that_was_forgotten(desk: Desk) -> None:
    """`folder:loan` reads as a factory as well, and is none."""
    desk.mlgate("run", "--model", "folder:loan", "--test", "test.parquet", "--label", "late")
    assert "folder:loan does not name" in desk.record()["verdict"]["reasons"][0]
