"""The resource `origin`: what MLflow's own server keeps of a model beside its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate import NotApplicable, RegistryError
from mlgate_mlflow.origin import origin


@dataclass(frozen=True)
class Facts:
    uri: str


@dataclass(frozen=True)
class Candidate:
    facts: Facts


def of(uri: str) -> Any:
    return origin(Candidate(Facts(uri)))


def test_a_version_tells_its_run_its_texts_and_its_data(store: Any) -> None:
    """Parameters, tags, descriptions and data sets, as MLflow's client wrote them."""
    import mlflow

    client = store.client
    client.log_param(store.run, "lr", "0.1")
    client.set_tag(store.run, "mlflow.source.git.commit", "9f2c")
    client.set_model_version_tag("loan", "1", "owner", "risk")
    client.update_model_version("loan", "1", description="the first")
    data = mlflow.data.from_pandas(store.frame, name="loans")
    with mlflow.start_run(run_id=store.run):
        mlflow.log_input(data)
    found = of("models:/loan/1")
    assert found.run == store.run
    assert found.texts["params of the run"]["lr"] == "0.1"
    assert found.texts["tags of the run"]["mlflow.source.git.commit"] == "9f2c"
    assert {"owner": "risk", "description": "the first"}.items() <= found.texts["tags of the version"].items()
    assert found.datasets == {"loans": data.digest}


def test_a_model_without_a_name_tells_of_its_run(local: Any) -> None:
    """By the run, and by the logged model's own id; one logged outside of a run has none that MLflow kept."""
    assert of(f"runs:/{local.run}/model").run == local.run
    assert of(local.logged).texts.keys() >= set()
    assert of("models:/loan/2").run != local.run


def test_a_model_from_no_server_has_no_origin(local: Any, tmp_path: Path) -> None:
    """A folder's run id may be of any server."""
    with pytest.raises(NotApplicable, match="not fetched from a tracking server"):
        of(str(tmp_path))


def test_a_server_that_does_not_answer_is_an_error(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not knowing is not the same as nothing there."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(RegistryError):
        of("models:/loan/1")
