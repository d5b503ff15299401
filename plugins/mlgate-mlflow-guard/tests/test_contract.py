"""mlgate's own client against a guarded server: the contract of every registry, and the command line end to end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import run_command
from mlgate.testing.registries import RegistryCase, RegistryContract

mlgate_mlflow = pytest.importorskip("mlgate_mlflow.registry")
pytestmark = pytest.mark.xdist_group("server")  # the server starts once
GATE = """\
version = 1
[data]
test = "test.parquet"
label = "y"
[champion]
model = "models:/{name}@champion"
[checks."performance.roc_auc"]
at_least = 0.5
[promote]
registry = "models"
alias = "champion"
keys = [{keys}]
"""


class TestGuardedRegistry(RegistryContract):
    @pytest.fixture
    def case(self, world: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RegistryCase:
        """A model of its own for each test, in two versions, whose alias needs an authorization and no verdict."""
        world.name = f"loose-{world.name}"
        world.make()
        for content in (b"one", b"two"):
            world.add(content)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", world.server.address)
        monkeypatch.chdir(tmp_path)
        uris = tuple(f"models:/{world.name}/{number}" for number in ("1", "2"))
        return RegistryCase(mlgate_mlflow.MlflowRegistry(), world.name, uris, world.authorization)


@pytest.fixture
def desk(world: Any, tmp_path: Path) -> Any:
    """A folder with a gate file, and a model in two versions in the guarded server."""
    import mlflow
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(3)
    frame = pd.DataFrame({"age": random.integers(18, 90, 300), "income": random.normal(30.0, 5.0, 300)})
    frame["y"] = (frame["age"] + random.normal(0, 15, 300) > 50).astype(int)
    frame.to_parquet(tmp_path / "test.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", world.server.address)
        patch.chdir(tmp_path)
        world._experiment()
        mlflow.set_experiment("served")
        for strength in (0.001, 1.0):
            model = LogisticRegression(C=strength, max_iter=1000).fit(frame[["age", "income"]], frame["y"])
            mlflow.sklearn.log_model(
                model,
                name="model",
                registered_model_name=world.name,
                input_example=frame[["age", "income"]].head(2),
                pip_requirements=["scikit-learn"],
            )
    keys = ", ".join(json.dumps(str(world.keys.folder / f"{name}.pem.pub")) for name in ("release", "verdicts"))
    (tmp_path / "mlgate.toml").write_text(GATE.format(name=world.name, keys=keys))
    return tmp_path


def test_from_a_verdict_to_a_promotion_and_back(
    desk: Path, world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`mlgate run`, `promote`, `rollback`, `history` and `audit`, as a user types them."""
    release, verdicts = (str(world.keys.folder / f"{name}.pem") for name in ("release", "verdicts"))
    monkeypatch.chdir(desk)
    for key, value in {"MLFLOW_TRACKING_URI": world.server.address, "MLGATE_ACTOR": "ann"}.items():
        monkeypatch.setenv(key, value)

    def mlgate(*command: str, code: int = 0) -> str:
        """In this process: to import the data stack once saves half a minute."""
        found, said = run_command(list(command)), capsys.readouterr()
        assert found == code, f"{command}\n{said.out}\n{said.err}"
        return said.out + said.err

    name = world.name
    for number, before in (("1", "nobody"), ("2", "version 1")):
        mlgate("run", "--model", f"models:/{name}/{number}", "--sign", verdicts)
        said = mlgate("promote", f"models:/{name}/{number}", "--key", release)
        assert f"{name}@champion moved from {before} to version {number}." in said
    assert "already" in mlgate("promote", f"models:/{name}/2", "--key", release)
    said = mlgate("rollback", name, "--key", release, "--reason", "complaints")
    assert f"{name}@champion moved from version 2 to version 1." in said
    assert world.holder() == "1"
    told = [json.loads(line) for line in mlgate("history", name, "--json").splitlines()]
    moves = [entry for entry in told if entry["generation"] is not None]
    assert [(each["kind"], each["from"], each["version"], each["cas"]) for each in moves] == [
        ("promotion", None, "1", True),
        ("promotion", "1", "2", True),
        ("rollback", "2", "1", True),
    ]
    assert "result:  every alias is where the last entry put it" in mlgate("audit", name)
    assert "has moved since the verdict and come back" in mlgate(
        "promote", f"models:/{name}/2", "--key", release, code=1
    )
    mlgate("run", "--model", f"models:/{name}/1", "--sign", verdicts)
    judged = json.loads(mlgate("history", name, "--json").splitlines()[-1])
    assert (judged["kind"], judged["version"], judged["reason"]) == ("verdict", "1", "allowed")
    before = world.version("1")["tags"]
    told_by = {tag["key"]: tag["value"] for tag in before}
    assert told_by["mlgate.record-digest"] == judged["digests"]["record"]
    said = mlgate("run", "--model", f"models:/{name}/1", code=3)
    assert "A verdict that is signed replaces it, by a key of attestation_keys: `mlgate run --sign KEY`." in said
    assert world.version("1")["tags"] == before
